#include "machined/init/child.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "lib/early/file.h"
#include "lib/early/text.h"

namespace ichor::init {
namespace {

constexpr unsigned kLastCapability = 63;

bool Fine(long result) {
  return result == 0;
}

bool SetNamespace(const Start& settings) {
  if ((settings.flags & kOwnMountNamespace) == 0) return true;
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_SLAVE | MS_REC, nullptr) == 0;
}

bool SetStdio(const Launch& launch) {
  const bool on_tty = (launch.settings->flags & kStdioOnTty) != 0;
  const int input =
      ::open(on_tty ? launch.settings->tty.data() : "/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (input < 0) return false;
  if (on_tty && ::ioctl(input, TIOCSCTTY, 0) != 0) return false;
  const int output = on_tty || launch.log_fd < 0 ? input : launch.log_fd;
  // dup2 leaves close-on-exec set if both are the same: none of ours is below 3, for 0 to 2 are
  // always open.
  if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(output, 2) < 0) return false;
  if (launch.socket_fd >= 0 && launch.socket_fd != kMachinedFd &&
      ::dup2(launch.socket_fd, kMachinedFd) < 0)
    return false;
  if (launch.socket_fd == kMachinedFd && ::fcntl(kMachinedFd, F_SETFD, 0) != 0) return false;
  const unsigned first = launch.socket_fd >= 0 ? kMachinedFd + 1 : kMachinedFd;
  return ::syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

bool SetLimits(const Start& settings) {
  if (settings.nofile != 0) {
    const rlimit limit = {.rlim_cur = settings.nofile, .rlim_max = settings.nofile};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  }
  if (settings.nice != 0 && ::setpriority(PRIO_PROCESS, 0, settings.nice) != 0) return false;
  // Best effort: a process that the kernel would rather kill than another one can still do its
  // work.
  early::WriteFile("/proc/self/oom_score_adj", early::Decimal(settings.oom_score_adj));
  return true;
}

bool SetIdentity(const Start& settings) {
  if (settings.uid == 0 && settings.gid == 0) return true;
  return Fine(::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)) && ::setgroups(0, nullptr) == 0 &&
         ::setresgid(settings.gid, settings.gid, settings.gid) == 0 &&
         ::setresuid(settings.uid, settings.uid, settings.uid) == 0;
}

// The bounding set while the process may still change it: what the kernel does not know is not
// there to drop.
bool DropBounding(std::uint64_t keep) {
  for (unsigned capability = 0; capability <= kLastCapability; ++capability) {
    if ((keep >> capability & 1U) != 0) continue;
    if (!Fine(::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)) && errno != EINVAL) return false;
  }
  return true;
}

bool SetCapabilities(const Start& settings) {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> data = {};
  if (!Fine(::syscall(SYS_capget, &header, data.data()))) return false;
  // Root gets its set at exec from the bounding set; others keep it as ambient, which must be
  // inheritable first.
  const bool ambient = settings.uid != 0;
  for (unsigned half = 0; half < 2; ++half) {
    const auto wanted = static_cast<std::uint32_t>(settings.capabilities >> (32 * half));
    data[half].permitted &= wanted;
    data[half].effective = data[half].permitted;
    data[half].inheritable = ambient ? data[half].permitted : 0;
  }
  if (!Fine(::syscall(SYS_capset, &header, data.data()))) return false;
  for (unsigned capability = 0; ambient && capability <= kLastCapability; ++capability) {
    if ((data[capability / 32].permitted >> (capability % 32) & 1U) == 0) continue;
    if (!Fine(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))) return false;
  }
  return (settings.flags & kNoNewPrivileges) == 0 || Fine(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

void ResetSignals() {
  for (int number = 1; number < NSIG; ++number) {
    if (number != SIGKILL && number != SIGSTOP) ::signal(number, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void Fail(Stage stage, int status_fd) {
  const Failure failure = {.stage = stage, .error = errno};
  [[maybe_unused]] const auto written = ::write(status_fd, &failure, sizeof(failure));
  ::_exit(127);
}

}  // namespace

void BecomeProgram(const Launch& launch, int status_fd) {
  const Start& settings = *launch.settings;
  // Descriptor 3 becomes machined's: the status must be elsewhere.
  const int status = ::fcntl(status_fd, F_DUPFD_CLOEXEC, kMachinedFd + 1);
  if (status < 0) Fail(Stage::kStdio, status_fd);
  ::setsid();
  if (!SetNamespace(settings)) Fail(Stage::kNamespace, status);
  if (!SetStdio(launch)) Fail(Stage::kStdio, status);
  if (!SetLimits(settings)) Fail(Stage::kLimits, status);
  if (!DropBounding(settings.capabilities)) Fail(Stage::kCapabilities, status);
  if (!SetIdentity(settings)) Fail(Stage::kIdentity, status);
  if (!SetCapabilities(settings)) Fail(Stage::kCapabilities, status);
  if (::chdir("/") != 0) Fail(Stage::kExec, status);
  ::umask(022);
  ResetSignals();
  ::execve(launch.path, const_cast<char* const*>(launch.argv),
           const_cast<char* const*>(launch.env));
  Fail(Stage::kExec, status);
}

}  // namespace ichor::init
