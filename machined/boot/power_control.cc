#include "machined/boot/power_control.h"

#include <algorithm>
#include <utility>

#include "ichor/service.resources.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/file.h"

namespace ichor {

using boot::PowerRequest;
using services::ProcessStatus;

namespace {

constexpr std::size_t kLargest = 1 << 20;  // bytes: a wipe names disks and partitions
constexpr unsigned kOwnerOnly = 0600;

}  // namespace

PowerControl::PowerControl(Loop& loop, Runtime& runtime, const base::Clock& clock, std::string file,
                           GoingDown go_down)
    : loop_(loop),
      runtime_(runtime),
      clock_(clock),
      file_(std::move(file)),
      go_down_(std::move(go_down)) {}

void PowerControl::Begin(bool resume) {
  const absl::StatusOr<std::string> left = sys::ReadFile(file_, kLargest);
  PowerRequest::Spec request;
  if (resume && left.ok() && request.ParseFromString(*left)) {
    Request(request);
  } else {
    runtime_.Publish<PowerRequest>(kSource, {});
  }
}

void PowerControl::Request(const PowerRequest::Spec& request) {
  if (const absl::Status kept =
          sys::WriteFileAtomically(file_, request.SerializeAsString(), kOwnerOnly);
      !kept.ok()) {
    base::Log(base::Severity::kError, "the order to go down: {}", base::MessageOf(kept));
  }
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
