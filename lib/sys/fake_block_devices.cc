#include "lib/sys/fake_block_devices.h"

#include <algorithm>
#include <cerrno>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

absl::Status CheckFits(const std::string& path, size_t there, std::uint64_t offset, size_t size) {
  if (offset > there || size > there - offset) {
    return absl::OutOfRangeError(
        std::format("{}: {} bytes at {} reach beyond its {} bytes", path, size, offset, there));
  }
  return absl::OkStatus();
}

}  // namespace

void FakeBlockDevices::Add(const std::string& dev_path, ProbedDisk contents, std::string bytes) {
  const base::MutexLock lock(mutex_);
  disks_[dev_path] = {std::move(contents), std::move(bytes), absl::OkStatus(), {}};
}

void FakeBlockDevices::Remove(const std::string& dev_path) {
  const base::MutexLock lock(mutex_);
  disks_.erase(dev_path);
}

void FakeBlockDevices::Fail(const std::string& dev_path, absl::Status error) {
  const base::MutexLock lock(mutex_);
  disks_[dev_path].error = std::move(error);
}

void FakeBlockDevices::CutPowerAfter(size_t bytes) {
  const base::MutexLock lock(mutex_);
  bytes_left_ = bytes;
}

std::string FakeBlockDevices::BytesOf(const std::string& dev_path) {
  const base::MutexLock lock(mutex_);
  return disks_[dev_path].bytes;
}

absl::StatusOr<FakeBlockDevices::Disk*> FakeBlockDevices::Find(const std::string& dev_path) {
  const auto found = disks_.find(dev_path);
  if (found == disks_.end()) {
    return ErrnoError(ENOENT, "open " + dev_path);
  }
  RETURN_IF_ERROR(found->second.error);
  return &found->second;
}

absl::StatusOr<ProbedDisk> FakeBlockDevices::Probe(const std::string& dev_path) {
  const base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Disk* const disk, Find(dev_path));
  return disk->contents;
}

absl::StatusOr<DeviceSize> FakeBlockDevices::Measure(const std::string& dev_path) {
  constexpr std::uint32_t kSectorBytes = 512;
  const base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const Disk* const disk, Find(dev_path));
  const ProbedDisk& contents = disk->contents;
  return DeviceSize{.bytes = contents.size_bytes == 0 ? disk->bytes.size() : contents.size_bytes,
                    .sector_bytes = contents.sector_size_bytes == 0
                                        ? kSectorBytes
                                        : static_cast<std::uint32_t>(contents.sector_size_bytes)};
}

absl::StatusOr<std::string> FakeBlockDevices::Read(const std::string& dev_path,
                                                   std::uint64_t offset, size_t size) {
  const base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Disk* const disk, Find(dev_path));
  RETURN_IF_ERROR(CheckFits(dev_path, disk->bytes.size(), offset, size));
  return disk->bytes.substr(offset, size);
}

absl::Status FakeBlockDevices::Write(const std::string& dev_path, std::uint64_t offset,
                                     std::string_view bytes) {
  const base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Disk* const disk, Find(dev_path));
  RETURN_IF_ERROR(CheckFits(dev_path, disk->bytes.size(), offset, bytes.size()));
  const size_t written = std::min(bytes.size(), bytes_left_);
  disk->bytes.replace(offset, written, bytes.substr(0, written));
  bytes_left_ -= bytes_left_ == static_cast<size_t>(-1) ? 0 : written;
  return written == bytes.size() ? absl::OkStatus() : ErrnoError(EIO, "write " + dev_path);
}

absl::Status FakeBlockDevices::AddPartition(const std::string& dev_path, std::uint32_t number,
                                            std::uint64_t offset_bytes, std::uint64_t size_bytes) {
  const base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Disk* const disk, Find(dev_path));
  const std::pair place(offset_bytes, size_bytes);
  const auto [told, added] = disk->told.emplace(number, place);
  if (told->second.first != offset_bytes) {
    return absl::FailedPreconditionError("the kernel knows another one there");
  }
  told->second = place;
  return absl::OkStatus();
}

FakeBlockDevices::Told FakeBlockDevices::ToldOf(const std::string& dev_path) {
  const base::MutexLock lock(mutex_);
  return disks_[dev_path].told;
}

}  // namespace ichor::sys
