// Guests that hang before any program of ours runs. Emulation loses a timer's interrupt now and
// then, and a kernel that waits for it waits for ever: seen about once in a thousand boots of a
// busy host, in the probing of a device, before a watchdog can be armed.
#pragma once

#include <string>
#include <thread>

namespace ichor::qemu {

// Presses the reset button of a machine whose kernel says nothing for two minutes before its first
// program, and says so on standard error. A machine's own thread, for as long as this lives.
class EarlyHang {
 public:
  // `console` is the file that the serial port is written to, `monitor` QEMU's socket; `machine`
  // becomes readable when QEMU has ended, and outlives this.
  EarlyHang(std::string console, std::string monitor, int machine);

 private:
  std::jthread thread_;
};

}  // namespace ichor::qemu
