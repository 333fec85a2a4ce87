// What a client asks of the config, and what it is told.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"

namespace ichor {

// Bytes of a config that a node takes.
inline constexpr size_t kMaxConfigBytes = 4 << 20;

enum class ApplyMode : std::uint8_t {
  kAuto,      // at once; with a reboot where a change needs one
  kNoReboot,  // at once; refused if a change needs a reboot
  kStaged,    // with the next boot
  kTry,       // at once, and back by itself after a time
};

// The two ends of the connection that a client talks to the node over, "10.0.0.5"; empty: not
// known.
struct Caller {
  std::string node;
  std::string client;
};

struct ApplyRequest {
  std::string text;
  ApplyMode mode = ApplyMode::kAuto;
  bool dry_run = false;
  std::chrono::nanoseconds try_timeout = std::chrono::minutes(1);
  // The config before comes back unless it is confirmed within this time.
  std::optional<std::chrono::nanoseconds> confirm_within{};
  bool force = false;
  Caller caller{};
};

struct Applied {
  std::vector<std::string> warnings;
  ApplyMode mode = ApplyMode::kAuto;
  // What happens next, in sentences.
  std::string details;
  std::optional<base::WallTime> confirm_until{};
};

// A resource that another config changes. Its spec in YAML before and after, "(secret)" if it is
// one; empty: it is not there.
struct ResourceDifference {
  std::string ns;
  std::string type;
  std::string id;
  std::string before;
  std::string after;
};

// What another config makes of the node.
struct ConfigForesight {
  std::vector<ResourceDifference> resources;
  std::vector<std::string> warnings;
  bool cuts_off = false;  // no link keeps an address and a route
};

// What an apply would do.
struct ConfigPlan {
  std::vector<std::string> changes;         // of the config, one a line, secrets redacted
  std::vector<std::string> reboot_reasons;  // empty: without a reboot
  std::vector<ResourceDifference> resources;
  std::vector<std::string> warnings;
  std::string details;
};

using ApplyDone = absl::AnyInvocable<void(absl::StatusOr<Applied>)>;

// Who takes configs. On the loop's thread.
class ConfigControl {
 public:
  virtual ~ConfigControl() = default;

  // Whether anybody may give the node its first config.
  virtual bool InMaintenance() const = 0;

  // Calls `done` once the config is where it has to be, on the loop, maybe before it returns.
  // InvalidArgument for a config that is wrong, FailedPrecondition if something else is under way,
  // and the disk's errors: then nothing has changed.
  virtual void Apply(ApplyRequest request, ApplyDone done) = 0;

  // Says what Apply would do; changes nothing. Errors as Apply.
  virtual absl::StatusOr<ConfigPlan> Plan(const ApplyRequest& request) = 0;

  // Keeps the config that waits for it; answers with a sentence. FailedPrecondition if none does.
  using ConfirmDone = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
  virtual void Confirm(ConfirmDone done) = 0;
};

}  // namespace ichor
