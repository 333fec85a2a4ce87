// /init of the initramfs.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lib/early/command_line.h"
#include "lib/early/console.h"
#include "lib/early/file.h"
#include "stage1/boot.h"

namespace {

// Executes the node's init with an environment of its own. Returns only if that fails.
void ExecInit(int watchdog_fd) {
  ichor::early::Text<32> watchdog{"WATCHDOG_FD=", ichor::early::Decimal(watchdog_fd)};
  std::array<char*, 2> argv = {const_cast<char*>("init"), nullptr};
  std::array<char*, 3> env = {const_cast<char*>("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), nullptr,
                              nullptr};
  if (watchdog_fd >= 0) env[1] = const_cast<char*>(watchdog.c_str());
  ::execve("/sbin/init", argv.data(), env.data());
}

}  // namespace

int main() {
  ichor::early::Console console("ichor: stage1");
  if (::getpid() != 1) {
    console.Error({"this is /init of an initramfs, for nothing else"});
    return 1;
  }
  ichor::stage1::MountFirst(console);
  console.Open();
  static std::array<char, ichor::early::kMaxCommandLine> buffer;
  const auto command_line = ichor::early::ReadLine("/proc/cmdline", buffer).value_or("");
  const auto booted = ichor::stage1::Boot(command_line, console);
  if (booted.ok) {
    ExecInit(booted.watchdog_fd);
    console.Error({"execute /sbin/init: ", ichor::early::ErrorText(errno)});
  }
  ichor::stage1::AskForOtherSlot(booted.slot, console);
  ichor::stage1::Restart(command_line, console);
}
