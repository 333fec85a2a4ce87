#include "lib/sys/read_to_end.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <format>

#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr size_t kChunkBytes = 32 << 10;

}  // namespace

absl::StatusOr<std::string> ReadToEnd(int fd, const std::string& path, size_t limit_bytes) {
  std::string contents;
  std::array<char, kChunkBytes> chunk;
  while (true) {
    const ssize_t count = read(fd, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return ErrnoError(errno, "read " + path);
    }
    if (count == 0) {
      return contents;
    }
    contents.append(chunk.data(), static_cast<size_t>(count));
    if (contents.size() > limit_bytes) {
      return absl::OutOfRangeError(std::format("read {}: more than {} bytes", path, limit_bytes));
    }
  }
}

}  // namespace ichor::sys
