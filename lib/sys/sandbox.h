// What a process can no longer do from some moment on: no_new_privs, Landlock, seccomp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace ichor::sys {

// System calls that belong together. Memory, threads, signals, clocks that are read, polling, and
// descriptors that are open already are always allowed; starting another program never is.
enum class SyscallGroup : std::uint8_t {
  kFiles,       // open, stat, list, make, rename and remove files: where, Landlock says
  kSockets,     // sockets of every family that kRawSockets does not name
  kRawSockets,  // AF_NETLINK and AF_PACKET sockets, and raw ones of the others
  kListen,      // bind, listen, accept
  kSetClock,    // clock_settime, adjtimex
};

struct SandboxRules {
  // Files, or directories with all that is beneath them. A path that does not exist is an error;
  // one that ends in "?" may be missing, and is then left out.
  std::vector<std::string> readable;
  std::vector<std::string> writable;  // read too; files in them may be made, renamed and removed
  std::vector<SyscallGroup> groups;
  // Whether a kernel without Landlock is an error (else only the rest is done, with a warning in
  // the log). Kernels of nodes have it.
  bool require_landlock = true;
};

// Takes the privileges away for good, from this thread and all that it starts later: to be called
// before the first other thread, with everything open that the rules would forbid. A forbidden path
// fails with EACCES from then on, a forbidden system call with EPERM. Connecting to a unix socket
// is not a matter of paths here. NotFound names a missing path; Unimplemented without Landlock. On
// an error some of it may have been taken: the process should end. See landlock(7), seccomp(2).
absl::Status Sandbox(const SandboxRules& rules);

}  // namespace ichor::sys
