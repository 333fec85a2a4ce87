#include "lib/sys/linux_block_devices.h"

#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <format>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/blkid_probe.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

// The end of the device: lseek(2) tells it for block devices and files alike.
absl::Status CheckFits(int fd, const std::string& path, std::uint64_t offset, size_t size) {
  const off_t end = lseek(fd, 0, SEEK_END);
  if (end < 0) {
    return ErrnoError(errno, "seek " + path);
  }
  const auto there = static_cast<std::uint64_t>(end);
  if (offset > there || size > there - offset) {
    return absl::OutOfRangeError(
        std::format("{}: {} bytes at {} reach beyond its {} bytes", path, size, offset, there));
  }
  return absl::OkStatus();
}

absl::StatusOr<base::UniqueFd> Open(const std::string& path, int flags) {
  base::UniqueFd fd(open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + path);
  }
  return fd;
}

}  // namespace

absl::StatusOr<ProbedDisk> LinuxBlockDevices::Probe(const std::string& dev_path) {
  const base::UniqueFd fd(open(dev_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok() && errno == ENOMEDIUM) {
    return ProbedDisk();
  }
  if (!fd.ok()) {
    return ErrnoError(errno, "open " + dev_path);
  }
  return ProbeDescriptor(fd.get(), dev_path);
}

absl::StatusOr<DeviceSize> LinuxBlockDevices::Measure(const std::string& dev_path) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, Open(dev_path, O_RDONLY));
  DeviceSize size;
  struct stat info{};
  if (fstat(fd.get(), &info) != 0) {
    return ErrnoError(errno, "stat " + dev_path);
  }
  if (!S_ISBLK(info.st_mode)) {
    size.bytes = static_cast<std::uint64_t>(info.st_size);
    return size;
  }
  int sector_bytes = 0;
  if (ioctl(fd.get(), BLKGETSIZE64, &size.bytes) != 0 ||
      ioctl(fd.get(), BLKSSZGET, &sector_bytes) != 0) {
    return ErrnoError(errno, "measure " + dev_path);
  }
  size.sector_bytes = static_cast<std::uint32_t>(sector_bytes);
  return size;
}

absl::StatusOr<std::string> LinuxBlockDevices::Read(const std::string& dev_path,
                                                    std::uint64_t offset, size_t size) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, Open(dev_path, O_RDONLY));
  RETURN_IF_ERROR(CheckFits(fd.get(), dev_path, offset, size));
  std::string bytes(size, '\0');
  for (size_t done = 0; done < size;) {
    const ssize_t count =
        pread(fd.get(), bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return count < 0 ? ErrnoError(errno, "read " + dev_path)
                       : absl::OutOfRangeError("read " + dev_path + ": it became shorter");
    }
    done += static_cast<size_t>(count);
  }
  return bytes;
}

absl::Status LinuxBlockDevices::Write(const std::string& dev_path, std::uint64_t offset,
                                      std::string_view bytes) {
  ASSIGN_OR_RETURN(const base::UniqueFd fd, Open(dev_path, O_WRONLY));
  RETURN_IF_ERROR(CheckFits(fd.get(), dev_path, offset, bytes.size()));
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t count = pwrite(fd.get(), bytes.data() + done, bytes.size() - done,
                                 static_cast<off_t>(offset + done));
    if (count < 0 && errno != EINTR) {
      return ErrnoError(errno, "write " + dev_path);
    }
    done += count < 0 ? 0 : static_cast<size_t>(count);
  }
  return fsync(fd.get()) == 0 ? absl::OkStatus() : ErrnoError(errno, "fsync " + dev_path);
}

absl::Status LinuxBlockDevices::AddPartition(const std::string& dev_path, std::uint32_t number,
                                             std::uint64_t offset_bytes, std::uint64_t size_bytes) {
  const std::string what = std::format("add partition {} of {}", number, dev_path);
  ASSIGN_OR_RETURN(const base::UniqueFd fd, Open(dev_path, O_RDONLY));
  blkpg_partition partition{.start = static_cast<long long>(offset_bytes),
                            .length = static_cast<long long>(size_bytes),
                            .pno = static_cast<int>(number)};
  blkpg_ioctl_arg argument{
      .op = BLKPG_ADD_PARTITION, .datalen = sizeof(partition), .data = &partition};
  if (ioctl(fd.get(), BLKPG, &argument) == 0) {
    return absl::OkStatus();
  }
  const int error = errno;
  if (error != EBUSY) {
    return ErrnoError(error, what);
  }
  // It overlaps one that the kernel knows: this very one, if it can be given its size. The kernel
  // lets a partition's start never change.
  argument.op = BLKPG_RESIZE_PARTITION;
  return ioctl(fd.get(), BLKPG, &argument) == 0
             ? absl::OkStatus()
             : absl::FailedPreconditionError(what + ": the kernel knows another one there");
}

}  // namespace ichor::sys
