#include "machined/init/watchdog_device.h"

#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "lib/early/text.h"

namespace ichor::init {
namespace {

constexpr std::string_view kInheritedName = "/dev/watchdog0";

// Sets a time-out; 0 or an errno. A device that has a fixed one, or rounds, is taken as it is.
int SetTimeout(int fd, std::uint32_t seconds) {
  int value = static_cast<int>(seconds);
  if (::ioctl(fd, WDIOC_SETTIMEOUT, &value) == 0 || errno == EOPNOTSUPP || errno == ENOTTY)
    return 0;
  return errno;
}

void Release(early::Fd& fd) {
  if (!fd.ok()) return;
  int options = WDIOS_DISABLECARD;
  ::ioctl(fd.get(), WDIOC_SETOPTIONS, &options);
  [[maybe_unused]] const auto written = ::write(fd.get(), "V", 1);
  fd.Reset();
}

}  // namespace

void WatchdogDevice::Inherit(std::string_view text, Nanoseconds now) {
  const auto fd = early::ToNumber(text);
  if (!fd.has_value() || *fd > INT32_MAX ||
      ::fcntl(static_cast<int>(*fd), F_SETFD, FD_CLOEXEC) != 0)
    return;
  inherited_.Reset(static_cast<int>(*fd));
  next_ = now;
}

WatchdogState WatchdogDevice::Set(const Watchdog& request, Nanoseconds now) {
  const std::string_view name = Text(request.device);
  const bool enable = request.enable != 0;
  const std::uint32_t timeout = enable ? request.timeout_s : kTimeoutSeconds;
  const std::uint32_t feed = enable ? request.feed_interval_s : kFeedSeconds;
  const bool other = enable && !name.empty() && !(inherited_.ok() && name == kInheritedName);
  WatchdogState state = State();
  state.error = EINVAL;
  if (request.device.back() != '\0' || feed == 0 || feed >= timeout || timeout > 86400)
    return state;

  early::Fd opened;
  const bool reuse = other && other_.ok() && name == Text(other_name_);
  if (other && !reuse) opened.Reset(::open(request.device.data(), O_WRONLY | O_CLOEXEC));
  const int fd = !other ? inherited_.get() : reuse ? other_.get() : opened.get();
  state.error = fd >= 0 ? SetTimeout(fd, timeout) : other ? errno : ENODEV;
  if (!enable && fd < 0) state.error = 0;
  if (state.error != 0) {
    Release(opened);
    return state;
  }
  if (!reuse) {
    Release(other_);
    other_ = static_cast<early::Fd&&>(opened);
    SetText(other_name_, other ? name : "");
  }
  timeout_s_ = timeout;
  feed_s_ = feed;
  next_ = now;
  return State();
}

WatchdogState WatchdogDevice::State() const {
  auto state = Make<WatchdogState>(Type::kWatchdogState);
  state.armed = inherited_.ok() || other_.ok() ? 1 : 0;
  if (state.armed == 0) return state;
  SetText(state.device, other_.ok() ? Text(other_name_) : kInheritedName);
  state.timeout_s = timeout_s_;
  state.feed_interval_s = feed_s_;
  return state;
}

Nanoseconds WatchdogDevice::Feed(Nanoseconds now) {
  if (!inherited_.ok() && !other_.ok()) return INT64_MAX;
  if (now < next_) return next_;
  for (const early::Fd* fd : {&inherited_, &other_}) {
    if (fd->ok()) ::ioctl(fd->get(), WDIOC_KEEPALIVE, 0);
  }
  // Stage 1's device may keep its own time-out while a request set another's.
  const std::uint32_t seconds =
      feed_s_ < kFeedSeconds || !inherited_.ok() || !other_.ok() ? feed_s_ : kFeedSeconds;
  next_ = now + (static_cast<Nanoseconds>(seconds) * kSecond);
  return next_;
}

void WatchdogDevice::Disarm() {
  Release(inherited_);
  Release(other_);
}

}  // namespace ichor::init
