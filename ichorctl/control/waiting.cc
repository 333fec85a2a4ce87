#include "ichorctl/control/waiting.h"

#include <format>
#include <utility>

#include "absl/time/time.h"
#include "lib/base/status.h"

namespace ichor::ctl {

std::vector<Flag> WaitingFlags(Waiting& waiting) {
  return {{.name = "wait", .help = "until it is done, showing each step", .target = &waiting.wait},
          {.name = "timeout",
           .value = "TIME",
           .help = "how long to wait at most",
           .target = &waiting.timeout},
          {.name = "progress",
           .value = "FORM",
           .help = "how steps are shown",
           .target = &waiting.progress,
           .words = {"auto", "plain"}},
          {.name = "debug",
           .help = "while waiting, shows the kernel's log too",
           .target = &waiting.debug}};
}

absl::StatusOr<std::chrono::seconds> ParseTime(std::string_view flag, const std::string& text) {
  absl::Duration time;
  if (!absl::ParseDuration(text, &time) || time < absl::Seconds(1)) {
    return absl::InvalidArgumentError(
        std::format("--{}: \"{}\" is no length of time like 90s or 5m", flag, text));
  }
  return std::chrono::seconds(absl::ToInt64Seconds(time));
}

absl::StatusOr<Order> WithWaiting(const Waiting& waiting, Order order) {
  ASSIGN_OR_RETURN(order.timeout, ParseTime("timeout", waiting.timeout));
  order.wait = waiting.wait;
  order.debug = waiting.debug;
  order.plain = waiting.progress == "plain";
  return order;
}

}  // namespace ichor::ctl
