#include "machined/boot/power_control.h"

#include <algorithm>
#include <utility>

#include "ichor/service.resources.h"

namespace ichor {

using boot::PowerRequest;
using services::ProcessStatus;

PowerControl::PowerControl(Loop& loop, Runtime& runtime, const base::Clock& clock,
                           GoingDown go_down)
    : loop_(loop), runtime_(runtime), clock_(clock), go_down_(std::move(go_down)) {}

void PowerControl::Begin() {
  const All<PowerRequest> left = runtime_.Read<PowerRequest>();
  if (left.empty()) {
    runtime_.Publish<PowerRequest>(kSource, {});
  } else {
    Request(left.front().spec());
  }
}

void PowerControl::Request(const PowerRequest::Spec& request) {
  const bool first = !std::exchange(request_, request).has_value();
  runtime_.Publish<PowerRequest>(kSource, {{"power", request}});
  if (first) {
    loop_.RunAt(clock_.Monotonic() + kPatience, [this] { GoDown(); });
  }
}

void PowerControl::OnSettled() {
  if (request_.has_value() && !runtime_.Read<PowerRequest>().empty() && AllEnded()) {
    GoDown();
  }
}

bool PowerControl::AllEnded() {
  const auto runs = [](const auto& row) { return row.id() != "machined" && row.spec().pid() != 0; };
  return std::ranges::none_of(runtime_.Read<ProcessStatus>(), runs);
}

void PowerControl::GoDown() {
  if (!gone_ && request_.has_value()) {
    gone_ = go_down_(*request_);
    if (!gone_) {
      loop_.RunAt(clock_.Monotonic() + std::chrono::seconds(1), [this] { GoDown(); });
    }
  }
}

}  // namespace ichor
