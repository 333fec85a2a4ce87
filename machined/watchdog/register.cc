#include "machined/watchdog/register.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/watchdog/policy.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

constexpr std::string_view kSource = "watchdog.state";

}  // namespace

void RegisterWatchdog(Runtime& runtime, InitChannel& init) {
  using runtime::WatchdogTimerConfig;
  runtime.AddSource<runtime::WatchdogTimerStatus>(kSource);
  runtime.Reconcile("watchdog.want", WantWatchdog);
  runtime.Actuate<WatchdogTimerConfig>(
      "watchdog.set", [&init](const All<WatchdogTimerConfig>& wishes) -> absl::Status {
        if (wishes.empty()) {
          return init.SetWatchdog("", std::chrono::seconds(0));
        }
        const WatchdogTimerConfig::Spec& wish = wishes.front().spec();
        return init.SetWatchdog(wish.device(), std::chrono::seconds(wish.timeout().seconds()));
      });
}

void StateWatchdog(Runtime& runtime, const WatchdogState& state) {
  if (!state.error.ok()) {
    base::Log(base::Severity::kError, "{}", base::MessageOf(state.error));
  }
  Desired<runtime::WatchdogTimerStatus> rows;
  if (state.armed) {
    runtime::WatchdogTimerStatus::Spec status;
    status.set_device(state.device);
    status.mutable_timeout()->set_seconds(state.timeout.count());
    status.mutable_feed_interval()->set_seconds(state.feed_interval.count());
    rows.Add("timer", std::move(status));
  }
  runtime.Publish<runtime::WatchdogTimerStatus>(kSource, std::move(rows));
}

}  // namespace ichor
