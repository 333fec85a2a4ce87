#include "lib/sys/linux_disk_eraser.h"

#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr int kRereadTries = 50;
constexpr int kClaimTries = 20;
constexpr int kPauseMs = 100;

absl::Status InUse(const absl::Status& error) {
  return absl::FailedPreconditionError(error.message());
}

class LinuxClaimedDevice : public ClaimedDevice {
 public:
  LinuxClaimedDevice(base::UniqueFd fd, std::string path, bool is_device, std::uint64_t size_bytes)
      : fd_(std::move(fd)),
        path_(std::move(path)),
        is_device_(is_device),
        size_bytes_(size_bytes) {}

  std::uint64_t size_bytes() const override { return size_bytes_; }

  absl::Status Zero(std::uint64_t offset, std::uint64_t size) override {
    if (offset > size_bytes_ || size > size_bytes_ - offset) {
      return absl::OutOfRangeError(std::format("{}: {} bytes at {} reach beyond its {} bytes",
                                               path_, size, offset, size_bytes_));
    }
    std::array<std::uint64_t, 2> range = {offset, size};
    const int result = is_device_ ? ioctl(fd_.get(), BLKZEROOUT, range.data())
                                  : fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                              static_cast<off_t>(offset), static_cast<off_t>(size));
    if (result != 0) {
      return ErrnoError(errno, "zero " + path_);
    }
    return fsync(fd_.get()) == 0 ? absl::OkStatus() : ErrnoError(errno, "fsync " + path_);
  }

  absl::Status RereadPartitions() override {
    int error = Reread();
    for (int tries = 1; error == EBUSY && tries < kRereadTries; ++tries) {
      poll(nullptr, 0, kPauseMs);  // somebody looks at a partition, ourselves perhaps
      error = Reread();
    }
    if (error == 0 || error == EINVAL) {  // EINVAL: what cannot have partitions
      return absl::OkStatus();
    }
    const absl::Status status = ErrnoError(error, "partitions of " + path_);
    return error == EBUSY ? InUse(status) : status;
  }

 private:
  // 0, or errno.
  int Reread() const { return is_device_ && ioctl(fd_.get(), BLKRRPART) != 0 ? errno : 0; }

  const base::UniqueFd fd_;
  const std::string path_;
  const bool is_device_;
  const std::uint64_t size_bytes_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ClaimedDevice>> LinuxDiskEraser::Claim(const std::string& dev_path) {
  const auto open_alone = [&] {
    return base::UniqueFd(open(dev_path.c_str(), O_RDWR | O_EXCL | O_CLOEXEC | O_NONBLOCK));
  };
  base::UniqueFd fd = open_alone();
  // A process that was forked while the device was ours has it until it executes its program.
  for (int tries = 1; !fd.ok() && errno == EBUSY && tries < kClaimTries; ++tries) {
    poll(nullptr, 0, kPauseMs);
    fd = open_alone();
  }
  if (!fd.ok()) {
    const int error = errno;
    const absl::Status status = ErrnoError(error, "open " + dev_path);
    return error == EBUSY ? InUse(status) : status;
  }
  struct stat info{};
  if (fstat(fd.get(), &info) != 0) {
    return ErrnoError(errno, "stat " + dev_path);
  }
  if (!S_ISBLK(info.st_mode) && !S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(dev_path + " is no block device");
  }
  // udevd looks at partitions after each write, and keeps them busy, unless the disk is locked:
  // https://systemd.io/BLOCK_DEVICE_LOCKING
  if (flock(fd.get(), LOCK_EX) != 0) {
    return ErrnoError(errno, "lock " + dev_path);
  }
  const off_t end = lseek(fd.get(), 0, SEEK_END);
  if (end < 0) {
    return ErrnoError(errno, "seek " + dev_path);
  }
  return std::make_unique<LinuxClaimedDevice>(std::move(fd), dev_path, S_ISBLK(info.st_mode),
                                              static_cast<std::uint64_t>(end));
}

absl::Status LinuxDiskEraser::RemovePartition(const std::string& disk_path, std::uint32_t number) {
  const base::UniqueFd fd(open(disk_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + disk_path);
  }
  blkpg_partition partition{.start = 0, .length = 0, .pno = static_cast<int>(number)};
  blkpg_ioctl_arg argument{
      .op = BLKPG_DEL_PARTITION, .datalen = sizeof(partition), .data = &partition};
  if (ioctl(fd.get(), BLKPG, &argument) == 0 || errno == ENXIO) {  // ENXIO: it is gone already
    return absl::OkStatus();
  }
  const absl::Status error =
      ErrnoError(errno, std::format("remove partition {} of {}", number, disk_path));
  return errno == EBUSY ? InUse(error) : error;
}

}  // namespace ichor::sys
