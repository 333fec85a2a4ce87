#include "lib/sys/fake_disk_eraser.h"

#include <cerrno>
#include <utility>

#include "lib/sys/error.h"

namespace ichor::sys {

class FakeDiskEraser::Device : public ClaimedDevice {
 public:
  Device(FakeDiskEraser& eraser, std::string path, std::uint64_t size_bytes)
      : eraser_(eraser), path_(std::move(path)), size_bytes_(size_bytes) {}

  std::uint64_t size_bytes() const override { return size_bytes_; }
  absl::Status Zero(std::uint64_t offset, std::uint64_t size) override {
    return eraser_.devices_.Write(path_, offset, std::string(size, '\0'));
  }
  absl::Status RereadPartitions() override {
    eraser_.reread.push_back(path_);
    return absl::OkStatus();
  }

 private:
  FakeDiskEraser& eraser_;
  const std::string path_;
  const std::uint64_t size_bytes_;
};

absl::StatusOr<std::unique_ptr<ClaimedDevice>> FakeDiskEraser::Claim(const std::string& dev_path) {
  if (busy.contains(dev_path)) {
    return absl::FailedPreconditionError(ErrnoError(EBUSY, "open " + dev_path).message());
  }
  const absl::StatusOr<std::string> start = devices_.Read(dev_path, 0, 0);
  if (!start.ok()) {
    return start.status();
  }
  return std::make_unique<Device>(*this, dev_path, devices_.BytesOf(dev_path).size());
}

absl::Status FakeDiskEraser::RemovePartition(const std::string& disk_path, std::uint32_t number) {
  removed[disk_path].push_back(number);
  return absl::OkStatus();
}

}  // namespace ichor::sys
