// /sbin/init.
#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "lib/early/console.h"
#include "machined/init/cgroups.h"
#include "machined/init/init.h"
#include "machined/init/settings.h"

namespace ichor::init {
namespace {

// Children get their standard descriptors by dup2: ours must not be in their place.
void OpenStandardDescriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDWR | O_NOCTTY));
  }
}

[[noreturn]] void RunInit(std::string_view watchdog_fd) {
  // Not an object of static storage: that would be initialized data, half a megabyte of it in the
  // file.
  alignas(Init) static std::byte storage[sizeof(Init)];
  OpenStandardDescriptors();
  early::Console console("ichor: init");
  console.Open();
  MountLate(console);
  console.Open();
  console.Say(early::Level::kNotice, {"started"});
  SetOwnLimits(console);
  SetKernelParameters(console);
  SetMemoryReserve(console);
  MakeStartCgroups(console);
  Facts facts;
  facts.committed = ::access("/system/run/boot/tries", F_OK) != 0;
  facts.watchdog_fd = watchdog_fd;
  auto* init = new (storage) Init(console, facts);
  init->Run();
  console.Say(early::Level::kCritical, {"the kernel gives no epoll: the node restarts"});
  ::_exit(1);
}

}  // namespace
}  // namespace ichor::init

int main() {
  const char* watchdog_fd = std::getenv("WATCHDOG_FD");
  if (::getpid() != 1) {
    ichor::early::Console("init").Error({"this is PID 1 of a node, for nothing else"});
    return 1;
  }
  ichor::init::RunInit(watchdog_fd != nullptr ? watchdog_fd : "");
}
