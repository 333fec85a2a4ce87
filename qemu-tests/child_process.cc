#include "qemu-tests/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/clock.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/file.h"
#include "lib/sys/wait_status.h"

namespace ichor::qemu {
namespace {

// Runs in the child: only async-signal-safe calls until exec.
[[noreturn]] void Become(char* const* words, const char* log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int input = open("/dev/null", O_RDONLY);
  const int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (input < 0 || output < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) {
    _exit(126);
  }
  execvp(words[0], words);
  _exit(127);
}

}  // namespace

ChildProcess::ChildProcess(int pid, base::UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    Kill();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
  }
  return *this;
}

ChildProcess::~ChildProcess() {
  Kill();
}

absl::StatusOr<ChildProcess> ChildProcess::Start(const std::vector<std::string>& words,
                                                 const std::string& log) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words) {
    pointers.push_back(const_cast<char*>(word.c_str()));
  }
  pointers.push_back(nullptr);
  const int pid = fork();
  if (pid < 0) {
    return absl::ErrnoToStatus(errno, "fork");
  }
  if (pid == 0) {
    Become(pointers.data(), log.c_str());
  }
  base::UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  const int error = errno;
  ChildProcess child(pid, std::move(pidfd));
  if (!child.pidfd_.ok()) {
    return absl::ErrnoToStatus(error, "pidfd_open");
  }
  return child;
}

void ChildProcess::Kill() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(std::exchange(pid_, -1), nullptr, 0);
  }
}

absl::Status ChildProcess::Wait() {
  int status = 0;
  if (pid_ > 0 && waitpid(std::exchange(pid_, -1), &status, 0) < 0) {
    return absl::ErrnoToStatus(errno, "waitpid");
  }
  return sys::Succeeded(status) ? absl::OkStatus()
                                : absl::UnknownError(sys::DescribeWaitStatus(status));
}

absl::StatusOr<std::uint16_t> PortOf(const ChildProcess& child, const std::string& log,
                                     std::string_view before, std::chrono::seconds patience) {
  constexpr int kLookAgainMs = 50;
  constexpr std::size_t kLongestLog = 1 << 20;  // bytes
  const base::RealClock clock;
  const base::MonotonicTime until = clock.Monotonic() + patience;
  pollfd ended{.fd = child.descriptor(), .events = POLLIN, .revents = 0};
  while (true) {
    const bool last = ended.revents != 0 || clock.Monotonic() >= until;
    const std::string text = sys::ReadFile(log, kLongestLog).value_or("");
    if (const std::size_t at = text.find(before); at != std::string::npos && !last) {
      const std::string rest = text.substr(at + before.size());
      const std::size_t end = rest.find_first_not_of("0123456789");  // else it is being written
      std::uint32_t port = 0;
      if (end != std::string::npos && absl::SimpleAtoi(rest.substr(0, end), &port)) {
        return static_cast<std::uint16_t>(port);
      }
    }
    if (last) {
      return absl::UnavailableError(absl::StrCat("no port was said: ", text));
    }
    poll(&ended, 1, kLookAgainMs);
  }
}

absl::Status RunTool(const std::vector<std::string>& words, const std::string& log) {
  auto child = ChildProcess::Start(words, log);
  const absl::Status ended = child.ok() ? child->Wait() : child.status();
  return ended.ok() ? ended
                    : absl::Status(ended.code(),
                                   absl::StrCat(absl::StrJoin(words, " "), ": ", ended.message()));
}

absl::StatusOr<std::string> OutputOf(const std::vector<std::string>& words,
                                     const std::string& log) {
  std::error_code none;
  const auto before = std::filesystem::file_size(log, none);
  const absl::Status ended = RunTool(words, log);
  std::ifstream file(log, std::ios::binary);
  file.seekg(none ? 0 : static_cast<std::streamoff>(before));
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!ended.ok()) {
    return absl::Status(ended.code(), absl::StrCat(ended.message(), ":\n", text));
  }
  return text;
}

}  // namespace ichor::qemu
