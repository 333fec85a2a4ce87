// Configs that go by themselves: tried ones, and those that wait for a confirmation.
#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/config/node_config.h"
#include "machined/config/plan.h"

namespace ichor {
namespace {

constexpr std::chrono::seconds kBusyInterval{1};
// Twice the time in which init sees a crash loop.
constexpr std::chrono::minutes kProofTime{2};

}  // namespace

// A config that goes by itself needs one that comes back.
absl::Status NodeConfig::CheckWayBack(const ApplyRequest& request) const {
  const bool tried = request.mode == ApplyMode::kTry;
  const bool watched = request.confirm_within.has_value();
  if (tried && watched) {
    return absl::InvalidArgumentError(
        "a config that is tried goes by itself: --mode=try and --confirm-within exclude each "
        "other");
  }
  if (watched && !persistent_.has_value()) {
    return absl::FailedPreconditionError(
        "there is no config to go back to: the node takes this one without --confirm-within only");
  }
  if (tried && stage_ == Stage::RECOVERY) {
    return absl::FailedPreconditionError(
        "there is no config to go back to: the node takes this one without --mode=try only");
  }
  return absl::OkStatus();
}

void NodeConfig::Cancel(std::optional<Loop::TimerId>& timer) {
  if (timer.has_value()) {
    parts_.loop.Cancel(*timer);
    timer.reset();
  }
}

// In force until the time is over, or the machine boots. What was in force before the first of
// several is what comes back.
void NodeConfig::Try(const ApplyRequest& request, const config::Config& config) {
  Cancel(try_timer_);
  if (!before_try_.has_value()) {
    before_try_ = active_;
  }
  active_ = config;
  PublishConfigs();
  try_timer_ = parts_.loop.RunAt(parts_.clock.Monotonic() + request.try_timeout, [self = weak()] {
    if (const auto alive = self.lock()) {
      (*alive)->EndTry();
    }
  });
}

void NodeConfig::EndTry() {
  base::Log(base::Severity::kInfo, "the config on trial goes, the one before is back");
  try_timer_.reset();
  active_ = std::exchange(before_try_, std::nullopt);
  PublishConfigs();
}

// The clock may have been set since, or not be set yet: the window is never longer than asked for.
void NodeConfig::Watch(const ConfigTrial& trial) {
  const std::chrono::nanoseconds left = std::clamp<std::chrono::nanoseconds>(
      trial.until - parts_.clock.Now(), std::chrono::nanoseconds(0), trial.window);
  WakeAt(parts_.clock.Monotonic() + left);
}

// A change that is under way ends first: it may be the one that makes the trial meaningless.
void NodeConfig::WakeAt(base::MonotonicTime time) {
  confirm_timer_ = parts_.loop.RunAt(time, [self = weak()] {
    if (const auto alive = self.lock()) {
      NodeConfig& node = **alive;
      node.confirm_timer_.reset();
      if (node.busy_) {
        node.WakeAt(node.parts_.clock.Monotonic() + kBusyInterval);
      } else {
        node.RevertTrial();
      }
    }
  });
}

// Of the config that machined cannot live with nothing is read, not even to see what it says.
void NodeConfig::FallBack(const SavedConfigs& saved) {
  absl::StatusOr<config::Config> before = config::Load("", saved.known_good.value_or(""));
  if (!before.ok()) {
    SetStage(Stage::RECOVERY, std::string(base::MessageOf(before.status())));
    PublishConfigs();
    return;
  }
  fallen_back_ =
      "machined crashed again and again with the config that was applied last: the one before is "
      "back";
  persistent_ = active_ = *std::move(before);
  SetStage(Stage::CONFIGURED, "");
  PublishConfigs();
  busy_ = true;
  OnDisk(
      "config.fall-back",
      [](ConfigStorage& storage, const std::string& /*disk*/) { return storage.Revert(); },
      [](NodeConfig& self, const absl::Status& status) {
        self.busy_ = false;
        if (!status.ok()) {
          base::Log(base::Severity::kError, "config: {}", base::MessageOf(status));
        }
        self.Finish();
      });
}

void NodeConfig::ProveLater() {
  Cancel(proof_timer_);
  proof_timer_ = parts_.loop.RunAt(parts_.clock.Monotonic() + kProofTime, [self = weak()] {
    if (const auto alive = self.lock()) {
      (*alive)->Prove();
    }
  });
}

void NodeConfig::Prove() {
  proof_timer_.reset();
  OnDisk(
      "config.prove",
      [](ConfigStorage& storage, const std::string& /*disk*/) { return storage.Prove(); },
      [](NodeConfig& /*self*/, const absl::Status& status) {
        if (!status.ok()) {
          base::Log(base::Severity::kError, "config: {}", base::MessageOf(status));
        }
      });
}

void NodeConfig::RevertTrial() {
  Cancel(proof_timer_);
  base::Log(base::Severity::kWarning,
            "nobody confirmed the config in time: the one before is back");
  busy_ = true;
  OnDisk(
      "config.revert",
      [](ConfigStorage& storage, const std::string& /*disk*/) { return storage.Revert(); },
      [](NodeConfig& self, const absl::Status& status) {
        self.busy_ = false;
        if (!status.ok()) {
          base::Log(base::Severity::kError, "config: {}", base::MessageOf(status));
        }
        self.Cancel(self.try_timer_);
        self.before_try_.reset();
        if (self.known_good_.has_value()) {
          const std::vector<std::string> reasons = RebootReasons(*self.active_, *self.known_good_);
          self.persistent_ = self.active_ = std::exchange(self.known_good_, std::nullopt);
          self.PublishConfigs();
          if (!reasons.empty()) {
            self.parts_.reboot();
          }
        }
      });
}

void NodeConfig::Confirm(ConfirmDone done) {
  if (busy_) {
    done(absl::FailedPreconditionError("another config is being applied"));
    return;
  }
  if (!known_good_.has_value()) {
    done(absl::FailedPreconditionError("no config waits for a confirmation"));
    return;
  }
  busy_ = true;
  OnDisk(
      "config.confirm",
      [](ConfigStorage& storage, const std::string& /*disk*/) { return storage.Confirm(); },
      [done = std::move(done)](NodeConfig& self, const absl::Status& status) mutable {
        self.busy_ = false;
        if (!status.ok()) {
          done(status);
          return;
        }
        self.Cancel(self.confirm_timer_);
        self.known_good_.reset();
        done("The config stays.");
      });
}

}  // namespace ichor
