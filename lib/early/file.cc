#include "lib/early/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lib/early/fd.h"
#include "lib/early/text.h"

namespace ichor::early {

std::optional<std::string_view> ReadFile(const char* path, std::span<char> buffer) {
  const Fd fd(::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.ok()) return std::nullopt;
  std::size_t size = 0;
  while (size < buffer.size()) {
    const auto got = ::read(fd.get(), buffer.data() + size, buffer.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return std::string_view(buffer.data(), size);
}

std::optional<std::string_view> ReadLine(const char* path, std::span<char> buffer) {
  const auto text = ReadFile(path, buffer);
  if (!text.has_value()) return std::nullopt;
  return Trim(*text);
}

bool ReadAt(int fd, std::uint64_t offset, std::span<std::byte> out) {
  while (!out.empty()) {
    const auto got = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = EIO;
    if (got <= 0) return false;
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return true;
}

int WriteFile(const char* path, std::string_view text, unsigned mode) {
  const int create = mode != 0 ? O_CREAT | O_TRUNC : 0;
  const Fd fd(::open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | create, mode));
  if (!fd.ok()) return errno;
  const auto written = ::write(fd.get(), text.data(), text.size());
  if (written < 0) return errno;
  return static_cast<std::size_t>(written) == text.size() ? 0 : EIO;
}

int MakeDirectories(const char* path, unsigned mode) {
  Text<512> so_far;
  for (std::string_view rest = path; !rest.empty();) {
    so_far.Append({TakeUntil(rest, '/')});
    if (!so_far.fits()) return ENAMETOOLONG;
    if (!so_far.empty() && so_far.view() != "/" && ::mkdir(so_far.c_str(), mode) != 0 &&
        errno != EEXIST)
      return errno;
    so_far.Push('/');
  }
  return 0;
}

}  // namespace ichor::early
