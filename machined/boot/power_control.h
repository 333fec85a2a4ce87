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

  // `go_down` says whether init took the order; else it is called again. All must outlive this.
  PowerControl(Loop& loop, Runtime& runtime, const base::Clock& clock,
               std::function<bool(Action)> go_down);
  PowerControl(const PowerControl&) = delete;
  PowerControl& operator=(const PowerControl&) = delete;

  // Goes on with what the checkpoint says: a request that was made before machined crashed. To be
  // called once, before the first settle.
  void Begin();

  // `actor_id` is of whoever asked, and goes into the events that follow.
  void Request(Action action, const std::string& actor_id);

  // To be called after each settle.
  void OnSettled();

 private:
  static constexpr std::string_view kSource = "boot.power-control";

  bool AllEnded();
  void GoDown();

  Loop& loop_;
  Runtime& runtime_;
  const base::Clock& clock_;
  const std::function<bool(Action)> go_down_;
  std::optional<Action> action_;
  bool gone_ = false;
};

}  // namespace ichor
