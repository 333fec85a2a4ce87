// Disks in memory.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "lib/base/mutex.h"
#include "lib/sys/block_devices.h"

namespace ichor::sys {

class FakeBlockDevices : public BlockDevices {
 public:
  // Plugs in a disk, or exchanges it: Probe says `contents`, Read its `bytes`.
  void Add(const std::string& dev_path, ProbedDisk contents, std::string bytes = "");
  void Remove(const std::string& dev_path);
  // Everything with this disk fails so from now on; OK: no more.
  void Fail(const std::string& dev_path, absl::Status error);
  // After this many more bytes have been written to any disk, the power is gone: the rest of that
  // write is lost, and it and all later ones fail.
  void CutPowerAfter(size_t bytes);
  std::string BytesOf(const std::string& dev_path);

  absl::StatusOr<ProbedDisk> Probe(const std::string& dev_path) override;
  // What `contents` say; without them, the number of bytes.
  absl::StatusOr<DeviceSize> Measure(const std::string& dev_path) override;
  absl::StatusOr<std::string> Read(const std::string& dev_path, std::uint64_t offset,
                                   size_t size) override;
  absl::Status Write(const std::string& dev_path, std::uint64_t offset,
                     std::string_view bytes) override;
  absl::Status AddPartition(const std::string& dev_path, std::uint32_t number,
                            std::uint64_t offset_bytes, std::uint64_t size_bytes) override;
  // The devices of partitions that were told: number, offset and size, by disk.
  using Told = std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>>;
  Told ToldOf(const std::string& dev_path);

 private:
  struct Disk {
    ProbedDisk contents;
    std::string bytes;
    absl::Status error;
    Told told;
  };
  absl::StatusOr<Disk*> Find(const std::string& dev_path) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  base::Mutex mutex_;
  std::map<std::string, Disk> disks_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_left_ ABSL_GUARDED_BY(mutex_) = static_cast<size_t>(-1);
};

}  // namespace ichor::sys
