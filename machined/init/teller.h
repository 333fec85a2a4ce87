// What machined is still to be told, and telling it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "machined/init/crash_records.h"
#include "machined/init/link.h"
#include "machined/init/process_table.h"

namespace ichor::init {

// Holds no queue: it remembers which facts are untold, and reads them where they are kept. So
// nothing is lost when the socket is full, and nothing grows.
class Teller {
 public:
  // A new machined, which has not spoken yet: it is told nothing before it does.
  void Reset();
  void Listening() { listening_ = true; }
  bool IsListening() const { return listening_; }

  void TellList() { list_at_ = 0; }
  void TellCrashes(const CrashRecords& crashes) { crash_at_ = crashes.First(); }
  void TellPower(PowerCause cause) { power_ = cause; }
  void TellWatchdog(const WatchdogState& state);
  // A refusal of a request. There is room for some: no request is to be read while IsFull().
  bool IsFull() const { return refusals_ == refused_.size(); }
  void TellRefused(const Id& id, Stage stage, std::int32_t error);

  // Sends until all is told, the socket is full, or nobody is there.
  Sent Tell(const Link& link, ProcessTable& table, const CrashRecords& crashes);

 private:
  static constexpr std::size_t kNoList = SIZE_MAX;

  Sent TellAnswers(const Link& link);
  Sent TellListRest(const Link& link, ProcessTable& table);
  Sent TellCrashesRest(const Link& link, const CrashRecords& crashes);
  Sent TellProcess(const Link& link, Entry& entry);
  Sent TellLog(const Link& link, Entry& entry);

  bool listening_ = false;
  std::size_t list_at_ = kNoList;
  std::uint64_t crash_at_ = 0;  // 0: none asked for
  PowerCause power_{};          // 0: none
  bool watchdog_pending_ = false;
  WatchdogState watchdog_;
  std::size_t refusals_ = 0;
  std::array<Refused, 32> refused_;
};

}  // namespace ichor::init
