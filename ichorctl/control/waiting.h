// The flags of commands that wait for nodes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichorctl/cli/command.h"
#include "ichorctl/control/tracker.h"

namespace ichor::ctl {

struct Waiting {
  bool wait = true;
  std::string timeout = "30m0s";
  std::string progress = "auto";
  bool debug = false;
};

// --wait, --timeout, --progress and --debug.
std::vector<Flag> WaitingFlags(Waiting& waiting);

// `order` with what the flags say. InvalidArgument for a time that is none.
absl::StatusOr<Order> WithWaiting(const Waiting& waiting, Order order);

// A length of time as people write it: "90s", "5m0s". InvalidArgument, naming the flag, for other
// text, and for nothing or less.
absl::StatusOr<std::chrono::seconds> ParseTime(std::string_view flag, const std::string& text);

}  // namespace ichor::ctl
