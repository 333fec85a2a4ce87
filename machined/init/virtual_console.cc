#include "machined/init/virtual_console.h"

#include <fcntl.h>
#include <linux/tiocl.h>
#include <linux/vt.h>
#include <sys/ioctl.h>

#include <array>

#include "lib/early/fd.h"

namespace ichor::init {
namespace {

constexpr int kFirst = 1;

early::Fd OpenConsoles() {
  return early::Fd(::open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

void KeepKernelLogOnFirstConsole() {
  const early::Fd consoles = OpenConsoles();
  std::array<char, 2> request = {TIOCL_SETKMSGREDIRECT, kFirst};
  if (consoles.ok()) ::ioctl(consoles.get(), TIOCLINUX, request.data());
}

void ShowFirstConsole() {
  const early::Fd consoles = OpenConsoles();
  if (consoles.ok()) ::ioctl(consoles.get(), VT_ACTIVATE, kFirst);
}

}  // namespace ichor::init
