#include "qemu-tests/agent/requests.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "lib/early/fd.h"
#include "lib/early/text.h"

namespace ichor::agent {
namespace {

using early::Decimal;
using early::Fd;
using Path = early::Text<512>;

void Send(int port, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(port, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return;
    bytes = early::Part(bytes, written < 0 ? 0 : static_cast<std::size_t>(written));
  }
}

void SendPiece(int port, std::string_view bytes) {
  Send(port, Decimal(static_cast<std::int64_t>(bytes.size())));
  Send(port, "\n");
  Send(port, bytes);
}

// Ends an answer: well, or with the error that errno says.
void SendEnd(int port, bool ok) {
  Send(port, Decimal(ok ? 0 : -errno));
  Send(port, "\n");
}

void Read(const Path& path, int port, int proc) {
  const Fd file(::openat(proc, path.c_str(), O_RDONLY | O_CLOEXEC));
  static std::array<char, 4096> buffer;
  ssize_t size = -1;
  while (file.ok() && (size = ::read(file.get(), buffer.data(), buffer.size())) > 0)
    SendPiece(port, {buffer.data(), static_cast<std::size_t>(size)});
  SendEnd(port, size == 0);
}

void List(const Path& path, int port, int proc) {
  const int fd = ::openat(proc, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* entries = fd < 0 ? nullptr : ::fdopendir(fd);
  while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries)) {
    const early::Text<320> line{entry->d_name, "\n"};
    SendPiece(port, line.view());
  }
  SendEnd(port, entries != nullptr);
  if (entries != nullptr) ::closedir(entries);
}

void Space(const Path& path, int port, int proc) {
  const Fd place(::openat(proc, path.c_str(), O_PATH | O_CLOEXEC));
  struct statfs found = {};
  const bool ok = place.ok() && ::fstatfs(place.get(), &found) == 0;
  if (ok) {
    SendPiece(port, Decimal(static_cast<std::int64_t>(found.f_blocks - found.f_bfree) *
                            static_cast<std::int64_t>(found.f_bsize)));
  }
  SendEnd(port, ok);
}

// In the child: on the node's own root, to which the one of the initramfs gave way.
[[noreturn]] void Become(int program, int proc, int output) {
  const Fd root(::openat(proc, "1/root", O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::array<char*, 2> argv = {const_cast<char*>("program"), nullptr};
  std::array<char*, 1> environment = {nullptr};
  if (root.ok() && ::fchdir(root.get()) == 0 && ::chroot(".") == 0 && ::dup2(output, 1) == 1)
    ::fexecve(program, argv.data(), environment.data());
  ::_exit(1);
}

void Run(const Places& places) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return SendEnd(places.port, false);
  const Fd from(ends[0]);
  Fd to(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) Become(places.program, places.proc, to.get());
  to.Reset();
  std::array<char, 4096> buffer;
  ssize_t size = 0;
  while (child > 0 && (size = ::read(from.get(), buffer.data(), buffer.size())) > 0)
    SendPiece(places.port, {buffer.data(), static_cast<std::size_t>(size)});
  int status = -1;
  const bool ended = child > 0 && ::waitpid(child, &status, 0) == child;
  if (ended && status != 0) errno = ECHILD;
  SendEnd(places.port, ended && status == 0);
}

}  // namespace

bool MakeRaw(int terminal) {
  termios settings = {};
  if (::tcgetattr(terminal, &settings) != 0) return false;
  ::cfmakeraw(&settings);
  return ::tcsetattr(terminal, TCSANOW, &settings) == 0;
}

void Answer(std::string_view request, const Places& places) {
  const std::string_view verb = early::TakeUntil(request, ' ');
  const Path path{request};
  const auto [port, proc, program] = places;
  if (verb == "read") return Read(path, port, proc);
  if (verb == "list") return List(path, port, proc);
  if (verb == "space") return Space(path, port, proc);
  if (verb == "run" && program >= 0) return Run(places);
  errno = ENOSYS;
  SendEnd(port, false);
}

void ServeRequests(const Places& places) {
  early::Text<640> line;
  std::array<char, 64> buffer{};
  ssize_t size = 0;
  while ((size = ::read(places.port, buffer.data(), buffer.size())) > 0 ||
         (size < 0 && errno == EINTR)) {
    for (ssize_t i = 0; i < size; ++i) {
      const char c = buffer[static_cast<std::size_t>(i)];
      if (c != '\n') {
        line.Push(c);
        continue;
      }
      Answer(line.view(), places);
      line.Cut(0);
    }
  }
}

}  // namespace ichor::agent
