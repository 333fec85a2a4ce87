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
// end. The request cannot be taken back, but a later one changes what it ends in; it is kept over a
// crash of machined from the moment that Request returns. Loop's thread only.
class PowerControl {
 public:
  static constexpr std::chrono::seconds kPatience{100};  // more than the pods may take
  using Action = boot::PowerRequest::Spec::Action;

  // `file` keeps the request; it lies in memory, where writing waits for nothing. `go_down` says
  // whether init took the order; else it is called again a second later. All must outlive this.
  using GoingDown = std::function<bool(const boot::PowerRequest::Spec&)>;
  PowerControl(Loop& loop, Runtime& runtime, const base::Clock& clock, std::string file,
               GoingDown go_down);
  PowerControl(const PowerControl&) = delete;
  PowerControl& operator=(const PowerControl&) = delete;

  // Goes on with a request that was made before machined crashed, if `resume`. To be called once,
  // before the first settle.
  void Begin(bool resume);

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
  const std::string file_;
  const GoingDown go_down_;
  std::optional<boot::PowerRequest::Spec> request_;
  bool gone_ = false;
};

}  // namespace ichor
