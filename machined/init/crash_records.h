// What crashed since the boot.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "machined/init/process_table.h"
#include "machined/init/protocol.h"

namespace ichor::init {

struct CrashRecord {
  Crash fixed;  // as it is sent; its size says how much of the log there is
  std::array<std::byte, kMaxCrashLog> log{};

  // The message: the fixed part and what there is of the log.
  std::span<const std::byte> Message() const;
};
static_assert(sizeof(CrashRecord) == sizeof(Crash) + kMaxCrashLog);

// The last kMaxCrashes, as a ring.
class CrashRecords {
 public:
  // Records the end of a process, whose log is complete.
  void Add(const Entry& entry);

  // The record with this number; null if it is gone or not there yet. Numbers count from 1.
  const CrashRecord* Find(std::uint64_t number) const;
  // The number of the oldest record, or of the next one if there is none.
  std::uint64_t First() const;

 private:
  std::array<CrashRecord, kMaxCrashes> records_;
  std::uint64_t count_ = 0;
};

}  // namespace ichor::init
