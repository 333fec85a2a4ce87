#include "machined/init/spawn.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "machined/init/child.h"

namespace ichor::init {
namespace {

// clone3(2) as fork(2), with a descriptor of the child, into a cgroup.
pid_t Clone(int cgroup_fd, int& pidfd) {
  clone_args args = {};
  args.flags = CLONE_PIDFD;
  args.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
  args.exit_signal = SIGCHLD;
  if (cgroup_fd >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<std::uint64_t>(cgroup_fd);
  }
  return static_cast<pid_t>(::syscall(SYS_clone3, &args, sizeof(args)));
}

}  // namespace

Child Spawn(const Launch& launch) {
  Child child;
  std::array<int, 2> status{};
  if (::pipe2(status.data(), O_CLOEXEC | O_NONBLOCK) != 0) return child;
  child.status.Reset(status[0]);
  const early::Fd status_write(status[1]);
  int pidfd = -1;
  child.pid = Clone(launch.cgroup_fd, pidfd);
  if (child.pid == 0) BecomeProgram(launch, status_write.get());
  if (child.pid > 0) child.pidfd.Reset(pidfd);
  return child;
}

}  // namespace ichor::init
