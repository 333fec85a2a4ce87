#include "machined/watchdog/policy.h"

#include <optional>
#include <utility>

#include "config/runtime.pb.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

constexpr std::int64_t kDefaultTimeoutSeconds = 60;

}  // namespace

absl::StatusOr<Desired<runtime::WatchdogTimerConfig>> WantWatchdog(
    const All<config::MachineConfig>& configs) {
  Desired<runtime::WatchdogTimerConfig> wishes;
  const std::optional<config::Config> config = ActiveConfig(configs);
  const auto* const document =
      config.has_value() ? config->Get<config::v1alpha1::WatchdogTimerConfig>() : nullptr;
  if (document != nullptr) {
    runtime::WatchdogTimerConfig::Spec wish;
    wish.set_device(document->device());
    *wish.mutable_timeout() = document->timeout();
    if (!document->has_timeout()) {
      wish.mutable_timeout()->set_seconds(kDefaultTimeoutSeconds);
    }
    wishes.Add("timer", std::move(wish));
  }
  return wishes;
}

}  // namespace ichor
