#include "machined/containers/memory_runtime.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/ownership.h"
#include "machined/containers/containerd.h"
#include "machined/cri/service.h"

namespace ichor {
namespace {

using services::ServiceDefinition;

constexpr std::chrono::milliseconds kPeriod{200};
constexpr std::chrono::seconds kPatience{30};
constexpr std::int32_t kRarelyKilled = -999;  // oom_score_adj(5) goes from -1000 to 1000

// Its data alone, not all of what the node keeps below /system, may fill this memory.
absl::Status MountAt(const std::string& directory, sys::Mounts& mounts) {
  const std::filesystem::path path(directory);
  RETURN_IF_ERROR(sys::MakeDirectory(path.parent_path().parent_path(), {.mode = 0700}));
  RETURN_IF_ERROR(sys::MakeDirectory(path.parent_path(), {.mode = 0700}));
  RETURN_IF_ERROR(sys::MakeDirectory(directory, {.mode = 0700}));
  return mounts.MountMemory(directory);
}

}  // namespace

MemoryRuntime::~MemoryRuntime() {
  if (timer_.has_value()) {
    parts_.loop.Cancel(*timer_);
  }
}

void MemoryRuntime::BringUp(absl::AnyInvocable<void(absl::Status)> done) {
  if (absl::Status status = Need(); !status.ok()) {
    done(std::move(status));
    return;
  }
  waiting_.push_back({.until = parts_.clock.Monotonic() + kPatience, .done = std::move(done)});
  if (!timer_.has_value()) {
    Look();
  }
}

absl::Status MemoryRuntime::Need() {
  if (!needed_) {
    RETURN_IF_ERROR(MountAt(parts_.directory, parts_.mounts));
    needed_ = true;
    parts_.on_needed();
  }
  return absl::OkStatus();
}

void MemoryRuntime::Look() {
  const base::MonotonicTime now = parts_.clock.Monotonic();
  const bool answers = Containerd::Connect(parts_.loop, parts_.socket, "system").ok();
  const auto over = std::ranges::stable_partition(
      waiting_, [&](const Waiting& waiting) { return !answers && now < waiting.until; });
  std::vector<Waiting> finished(std::make_move_iterator(over.begin()),
                                std::make_move_iterator(over.end()));
  waiting_.erase(over.begin(), over.end());
  timer_.reset();
  if (!waiting_.empty()) {
    timer_ = parts_.loop.RunAt(now + kPeriod, [this] { Look(); });
  }
  for (Waiting& one : finished) {
    one.done(absl::OkStatus());
  }
}

absl::StatusOr<Desired<ServiceDefinition>> MemoryRuntime::Define(
    const All<boot::PowerRequest>& power, const All<runtime::Environment>& environments) const {
  if (!power.empty() || !needed_) {
    return Desired<ServiceDefinition>();
  }
  return Desired<ServiceDefinition>{
      {"containerd", ContainerdService({.config = "/etc/containerd/config.toml",
                                        .socket = parts_.socket,
                                        .flags = {"--state", "/system/run/containerd", "--root",
                                                  parts_.directory},
                                        .cgroup = "system/runtime",
                                        .oom_score_adj = kRarelyKilled},
                                       environments)}};
}

}  // namespace ichor
