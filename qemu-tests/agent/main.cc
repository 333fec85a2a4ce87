// /init of an archive that the harness appends to the initramfs of a machine: leaves a process in
// the guest that reads files for the host, and executes stage 1 as if it had been started by the
// kernel. The process survives the change of the root, since it reaches /proc by a mount of its
// own.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lib/early/fd.h"
#include "qemu-tests/agent/requests.h"

namespace {

using ichor::early::Fd;

constexpr const char* kPort = "ttyS1";
constexpr const char* kStage1 = "/init.stage1";
constexpr const char* kProgram = "/program";

// A mount of that file system that has no place in any tree; -1 with errno.
Fd MountOf(const char* type) {
  const Fd context(static_cast<int>(::syscall(SYS_fsopen, type, FSOPEN_CLOEXEC)));
  if (!context.ok() || ::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, 0, 0, 0) != 0)
    return Fd();
  return Fd(static_cast<int>(::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
}

[[noreturn]] void Serve() {
  ::setsid();
  const Fd proc = MountOf("proc");
  const Fd dev = MountOf("devtmpfs");
  if (!proc.ok() || !dev.ok()) ::_exit(1);
  const Fd program(::open(kProgram, O_RDONLY | O_CLOEXEC));  // the change of the root removes it
  const Fd port(::openat(dev.get(), kPort, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (port.ok() && ichor::agent::MakeRaw(port.get()))
    ichor::agent::ServeRequests({.port = port.get(), .proc = proc.get(), .program = program.get()});
  ::_exit(1);
}

}  // namespace

int main(int /*argc*/, char** /*argv*/, char** environment) {
  const int pid = ::fork();
  if (pid == 0) Serve();
  std::array<char*, 2> argv = {const_cast<char*>("init"), nullptr};
  ::execve(kStage1, argv.data(), environment);
  return errno;
}
