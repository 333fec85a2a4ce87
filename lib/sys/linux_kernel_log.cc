#include "lib/sys/linux_kernel_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr size_t kMaxRecordBytes = 8 << 10;  // the kernel gives no larger ones

class Reader : public KernelLogReader {
 public:
  explicit Reader(base::UniqueFd fd) : fd_(std::move(fd)) {}

  absl::StatusOr<std::optional<std::string>> Next() override {
    std::array<char, kMaxRecordBytes> record{};
    while (true) {
      const ssize_t count = read(fd_.get(), record.data(), record.size());
      if (count >= 0) {
        return std::string(record.data(), static_cast<size_t>(count));
      }
      if (errno == EAGAIN) {
        return std::nullopt;
      }
      if (errno != EPIPE && errno != EINTR) {  // EPIPE: records were overwritten
        return ErrnoError(errno, "read /dev/kmsg");
      }
    }
  }

  int fd() const override { return fd_.get(); }

 private:
  const base::UniqueFd fd_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<KernelLogReader>> LinuxKernelLog::Open(bool only_new) {
  base::UniqueFd fd(open("/dev/kmsg", O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.ok()) {
    return ErrnoError(errno, "open /dev/kmsg");
  }
  if (lseek(fd.get(), 0, only_new ? SEEK_END : SEEK_SET) < 0) {
    return ErrnoError(errno, "seek /dev/kmsg");
  }
  return std::make_unique<Reader>(std::move(fd));
}

}  // namespace ichor::sys
