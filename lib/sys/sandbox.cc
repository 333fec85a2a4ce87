#include "lib/sys/sandbox.h"

#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <span>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/error.h"
#include "lib/sys/landlock.h"

namespace ichor::sys {
namespace {

// What runs once everything is open. Threads need clone; new programs need execve, which no group
// has.
constexpr std::array kBasic = {
    // descriptors that are open
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
    SCMP_SYS(pwrite64), SCMP_SYS(close), SCMP_SYS(close_range), SCMP_SYS(lseek), SCMP_SYS(fstat),
    SCMP_SYS(fcntl), SCMP_SYS(dup), SCMP_SYS(dup3), SCMP_SYS(pipe2), SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg),
    SCMP_SYS(shutdown), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt), SCMP_SYS(ioctl),
    // waiting
    SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2), SCMP_SYS(eventfd2), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(pselect6),
    SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    // clocks, chance, limits
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
    SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(getrusage), SCMP_SYS(getrlimit),
    SCMP_SYS(prlimit64), SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getuid),
    SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid),
    // memory
    SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mprotect), SCMP_SYS(mremap),
    SCMP_SYS(madvise), SCMP_SYS(mlock), SCMP_SYS(munlock), SCMP_SYS(membarrier),
    // threads and signals
    SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(futex),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(exit), SCMP_SYS(exit_group),
    SCMP_SYS(prctl), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack), SCMP_SYS(tgkill), SCMP_SYS(restart_syscall), SCMP_SYS(wait4)};

constexpr std::array kFiles = {
    SCMP_SYS(open),       SCMP_SYS(openat),     SCMP_SYS(openat2),    SCMP_SYS(stat),
    SCMP_SYS(lstat),      SCMP_SYS(newfstatat), SCMP_SYS(statx),      SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),    SCMP_SYS(access),     SCMP_SYS(faccessat),  SCMP_SYS(faccessat2),
    SCMP_SYS(getdents64), SCMP_SYS(readlink),   SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
    SCMP_SYS(mkdir),      SCMP_SYS(mkdirat),    SCMP_SYS(rename),     SCMP_SYS(renameat),
    SCMP_SYS(renameat2),  SCMP_SYS(unlink),     SCMP_SYS(unlinkat),   SCMP_SYS(rmdir),
    SCMP_SYS(ftruncate),  SCMP_SYS(fchmod),     SCMP_SYS(fsync),      SCMP_SYS(fdatasync),
    SCMP_SYS(flock),      SCMP_SYS(fallocate)};

constexpr std::array kListen = {SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept),
                                SCMP_SYS(accept4)};
constexpr std::array kSetClock = {SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime),
                                  SCMP_SYS(adjtimex), SCMP_SYS(settimeofday)};
// Those of a family or type that only kRawSockets has.
constexpr std::array kPlainFamilies = {AF_UNIX, AF_INET, AF_INET6};
constexpr std::array kRawFamilies = {AF_NETLINK, AF_PACKET};
// Of the second argument of socket(2), without its flags.
constexpr scmp_datum_t kTypeMask = 0xf;

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

absl::Status Failed(int result, std::string_view what) {
  return result == 0 ? absl::OkStatus() : ErrnoError(-result, what);
}

// A call that this architecture does not have is skipped.
absl::Status AllowAll(const Filter& filter, std::span<const int> calls) {
  for (const int call : calls) {
    if (call >= 0) {
      RETURN_IF_ERROR(Failed(seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0),
                             "sandbox: allow a system call"));
    }
  }
  return absl::OkStatus();
}

scmp_arg_cmp Family(int family) {
  return {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = static_cast<scmp_datum_t>(family), .datum_b = 0};
}

scmp_arg_cmp Type(int type) {
  return {.arg = 1,
          .op = SCMP_CMP_MASKED_EQ,
          .datum_a = kTypeMask,
          .datum_b = static_cast<scmp_datum_t>(type)};
}

absl::Status AllowSocket(const Filter& filter, const std::vector<scmp_arg_cmp>& arguments) {
  return Failed(seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(socket),
                                       static_cast<unsigned>(arguments.size()), arguments.data()),
                "sandbox: allow sockets");
}

absl::Status AllowSockets(const Filter& filter, bool raw) {
  for (const int family : kPlainFamilies) {
    for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
      RETURN_IF_ERROR(AllowSocket(filter, {Family(family), Type(type)}));
    }
    if (raw) {
      RETURN_IF_ERROR(AllowSocket(filter, {Family(family), Type(SOCK_RAW)}));
    }
  }
  for (const int family : kRawFamilies) {
    if (raw) {
      RETURN_IF_ERROR(AllowSocket(filter, {Family(family)}));
    }
  }
  return absl::OkStatus();
}

absl::Status AllowGroups(const Filter& filter, const std::vector<SyscallGroup>& groups) {
  const auto has = [&](SyscallGroup group) { return std::ranges::contains(groups, group); };
  RETURN_IF_ERROR(AllowAll(filter, kBasic));
  if (has(SyscallGroup::kFiles)) {
    RETURN_IF_ERROR(AllowAll(filter, kFiles));
  }
  if (has(SyscallGroup::kSockets) || has(SyscallGroup::kRawSockets)) {
    constexpr std::array kConnect = {SCMP_SYS(connect), SCMP_SYS(socketpair)};
    RETURN_IF_ERROR(AllowAll(filter, kConnect));
    RETURN_IF_ERROR(AllowSockets(filter, has(SyscallGroup::kRawSockets)));
  }
  if (has(SyscallGroup::kListen) || has(SyscallGroup::kRawSockets)) {
    RETURN_IF_ERROR(AllowAll(filter, kListen));
  }
  if (has(SyscallGroup::kSetClock)) {
    RETURN_IF_ERROR(AllowAll(filter, kSetClock));
  }
  return absl::OkStatus();
}

absl::Status RestrictSystemCalls(const std::vector<SyscallGroup>& groups) {
  const Filter filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)), &seccomp_release);
  if (filter == nullptr) {
    return absl::ResourceExhaustedError("sandbox: make a seccomp filter");
  }
  RETURN_IF_ERROR(AllowGroups(filter, groups));
  seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  return Failed(seccomp_load(filter.get()), "sandbox: restrict system calls");
}

}  // namespace

absl::Status Sandbox(const SandboxRules& rules) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return ErrnoError(errno, "sandbox: no_new_privs");
  }
  const absl::Status paths = RestrictPaths(rules.readable, rules.writable);
  if (absl::IsUnimplemented(paths) && !rules.require_landlock) {
    base::LogLine(base::Severity::kWarning, base::MessageOf(paths));
  } else {
    RETURN_IF_ERROR(paths);
  }
  return RestrictSystemCalls(rules.groups);
}

}  // namespace ichor::sys
