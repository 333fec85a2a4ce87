#include "machined/init/power_button.h"

#include <fcntl.h>
#include <linux/input.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "lib/early/text.h"

namespace ichor::init {
namespace {

bool HasPowerKey(int fd) {
  std::array<std::uint8_t, (KEY_MAX / 8) + 1> keys{};
  if (::ioctl(fd, EVIOCGBIT(EV_KEY, keys.size()), keys.data()) < 0) return false;
  return (keys[KEY_POWER / 8] >> (KEY_POWER % 8) & 1U) != 0;
}

}  // namespace

void PowerButton::Open() {
  inotify_.Reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify_.ok()) return;
  poll_.Add(inotify_.get(), {.source = Source::kButtonDevices});
  Watch();
  FindDevices();
}

void PowerButton::Watch() {
  // The directory itself appears with the first device.
  if (::inotify_add_watch(inotify_.get(), "/dev/input", IN_CREATE | IN_ATTRIB) < 0) {
    ::inotify_add_watch(inotify_.get(), "/dev", IN_CREATE);
  }
}

void PowerButton::FindDevices() {
  std::array<std::byte, 4096> events;
  bool any = false;
  while (::read(inotify_.get(), events.data(), events.size()) > 0)
    any = true;
  if (any) Watch();
  for (std::uint32_t i = 0; i < kDevices; ++i) {
    if (!devices_[i].ok()) OpenDevice(i);
  }
}

void PowerButton::OpenDevice(std::uint32_t index) {
  const early::Text<32> path{"/dev/input/event", early::Decimal(index)};
  early::Fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.ok() || !HasPowerKey(fd.get())) return;
  if (poll_.Add(fd.get(), {.source = Source::kButton, .index = index}))
    devices_[index] = static_cast<early::Fd&&>(fd);
}

bool PowerButton::Pressed(std::uint32_t index) {
  bool pressed = false;
  std::array<input_event, 16> events;
  for (;;) {
    const auto got = ::read(devices_[index].get(), events.data(), sizeof(events));
    if (got < 0 && errno != EAGAIN && errno != EINTR) devices_[index].Reset();
    if (got <= 0) return pressed;
    for (std::size_t i = 0; i < static_cast<std::size_t>(got) / sizeof(input_event); ++i) {
      pressed = pressed ||
                (events[i].type == EV_KEY && events[i].code == KEY_POWER && events[i].value == 1);
    }
  }
}

}  // namespace ichor::init
