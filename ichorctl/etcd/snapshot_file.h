// A snapshot of etcd on this machine's disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "lib/early/sha256.h"

namespace ichor::ctl {

// Looks whether a snapshot is whole as it comes in pieces: its last 32 bytes are the SHA-256 of all
// before, which are pages of a database.
class SnapshotCheck {
 public:
  void Add(std::string_view bytes);
  // DataLoss if it is not.
  absl::Status Finish();

  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  early::Sha256 hash_;
  std::string tail_;  // what may be the hash
  std::uint64_t size_bytes_ = 0;
};

}  // namespace ichor::ctl
