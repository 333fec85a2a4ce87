// The power button, as an input device: linux/input.h.
#pragma once

#include <array>
#include <cstdint>

#include "lib/early/fd.h"
#include "machined/init/poll.h"

namespace ichor::init {

// Listens to every input device that has a power key. Devices come with their drivers, any time.
class PowerButton {
 public:
  explicit PowerButton(const Poll& poll) : poll_(poll) {}

  // Looks for devices, and from now on for new ones.
  void Open();
  // Called when Source::kButtonDevices is ready: there may be new ones.
  void FindDevices();
  // Called when Source::kButton is ready. True if the key was pressed.
  bool Pressed(std::uint32_t index);

 private:
  static constexpr std::size_t kDevices = 32;  // event0 to event31

  void Watch();
  void OpenDevice(std::uint32_t index);

  const Poll& poll_;
  early::Fd inotify_;
  std::array<early::Fd, kDevices> devices_;
};

}  // namespace ichor::init
