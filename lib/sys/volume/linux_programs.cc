#include "lib/sys/volume/linux_programs.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <format>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"
#include "lib/sys/wait_status.h"

namespace ichor::sys {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kKeptOutput = 1024;  // bytes
constexpr int kCannotExec = 127;      // as shells say it

struct Child {
  pid_t pid = -1;
  base::UniqueFd descriptor;  // readable when it has ended: pidfd_open(2)
  base::UniqueFd output;
};

// In the child, between fork and exec: only what signal-safety(7) lists.
[[noreturn]] void Become(char* const* command, int output, pid_t parent) {
  static constexpr const char* kEnvironment[] = {"PATH=/usr/sbin:/usr/bin", nullptr};
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || nothing < 0 ||
      dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
      dup2(output, STDERR_FILENO) < 0) {
    _exit(kCannotExec);
  }
  execve(command[0], command, const_cast<char* const*>(kEnvironment));
  _exit(kCannotExec);
}

absl::StatusOr<Child> Start(const std::vector<std::string>& command) {
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const std::string& word : command) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return ErrnoError(errno, "pipe");
  }
  Child child{.output = base::UniqueFd(ends[0])};
  const base::UniqueFd write_end(ends[1]);
  const pid_t parent = getpid();
  child.pid = fork();
  if (child.pid == 0) {
    Become(words.data(), write_end.get(), parent);
  }
  if (child.pid < 0) {
    return ErrnoError(errno, "fork");
  }
  child.descriptor = base::UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, child.pid, 0)));
  if (!child.descriptor.ok()) {
    const int error = errno;
    kill(child.pid, SIGKILL);
    waitpid(child.pid, nullptr, 0);
    return ErrnoError(error, "pidfd_open");
  }
  return child;
}

// Reads what is there to read. False at the end.
bool Drain(int fd, std::string& kept) {
  std::array<char, 512> buffer{};
  const ssize_t count = read(fd, buffer.data(), buffer.size());
  if (count <= 0) {
    return count < 0 && errno == EINTR;
  }
  kept.append(buffer.data(), static_cast<size_t>(count));
  if (kept.size() > kKeptOutput) {
    kept.erase(0, kept.size() - kKeptOutput);
  }
  return true;
}

// Waits for the end of the child, and keeps the last that it writes. False if that takes too long.
bool Follow(const Child& child, SteadyClock::time_point deadline, std::string& kept) {
  bool writes = true;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
    if (left.count() <= 0) {
      return false;
    }
    std::array<pollfd, 2> polled{pollfd{.fd = child.descriptor.get(), .events = POLLIN},
                                 pollfd{.fd = writes ? child.output.get() : -1, .events = POLLIN}};
    if (poll(polled.data(), polled.size(), static_cast<int>(left.count())) < 0) {
      continue;  // EINTR
    }
    if (polled[1].revents != 0) {
      writes = Drain(child.output.get(), kept);
    } else if (polled[0].revents != 0) {
      return true;
    }
  }
}

}  // namespace

absl::Status LinuxPrograms::Run(const std::vector<std::string>& command,
                                std::chrono::seconds limit) {
  ASSIGN_OR_RETURN(const Child child, Start(command));
  std::string kept;
  const bool ended = Follow(child, SteadyClock::now() + limit, kept);
  if (!ended) {
    kill(child.pid, SIGKILL);
  }
  int wait_status = 0;
  while (waitpid(child.pid, &wait_status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) {
    return absl::DeadlineExceededError(
        std::format("{} did not end within {} s", command[0], limit.count()));
  }
  if (!Succeeded(wait_status)) {
    absl::StripAsciiWhitespace(&kept);
    return absl::InternalError(
        std::format("{} {}: {}", command[0], DescribeWaitStatus(wait_status), kept));
  }
  return absl::OkStatus();
}

}  // namespace ichor::sys
