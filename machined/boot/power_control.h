// The end of the boot: services stop, then init takes the machine down.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "ichor/boot.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"

namespace ichor {

// A source of PowerRequest. Once there is one, no service but machined is defined any more; when
// the last has ended, or after kPatience, `go_down` is called: what still runs then is init's to
// end. The request cannot be taken back, but a later one changes what it ends in. Loop's thread
// only.
class PowerControl {
 public:
  static constexpr std::chrono::seconds kPatience{30};
  using Action = boot::PowerRequest::Spec::Action;

  // `go_down` says whether init took the order; else it is called again a second later. All must
  // outlive this.
  using GoingDown = std::function<bool(const boot::PowerRequest::Spec&)>;
  PowerControl(Loop& loop, Runtime& runtime, const base::Clock& clock, GoingDown go_down);
  PowerControl(const PowerControl&) = delete;
  PowerControl& operator=(const PowerControl&) = delete;

  // Goes on with what the checkpoint says: a request that was made before machined crashed. To be
  // called once, before the first settle.
  void Begin();

  // `request` has the actor_id of whoever asked, which goes into the events that follow.
  void Request(const boot::PowerRequest::Spec& request);

  // To be called after each settle.
  void OnSettled();

 private:
  static constexpr std::string_view kSource = "boot.power-control";

  bool AllEnded();
  void GoDown();

  Loop& loop_;
  Runtime& runtime_;
  const base::Clock& clock_;
  const GoingDown go_down_;
  std::optional<boot::PowerRequest::Spec> request_;
  bool gone_ = false;
};

}  // namespace ichor
