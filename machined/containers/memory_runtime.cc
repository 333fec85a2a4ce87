#include "machined/containers/memory_runtime.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/ownership.h"
#include "machined/containers/containerd.h"

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
  ASSIGN_OR_RETURN(const bool there, mounts.IsMounted(directory));
  return there ? absl::OkStatus() : mounts.MountMemory(directory);
}

}  // namespace

MemoryRuntime::~MemoryRuntime() {
  if (timer_.has_value()) {
    parts_.loop.Cancel(*timer_);
  }
}

void MemoryRuntime::BringUp(absl::AnyInvocable<void()> done) {
  Need();
  waiting_.push_back({.until = parts_.clock.Monotonic() + kPatience, .done = std::move(done)});
  if (!timer_.has_value()) {
    Look();
  }
}

void MemoryRuntime::Need() {
  if (needed_) {
    return;
  }
  if (const absl::Status status = MountAt(parts_.directory, parts_.mounts); !status.ok()) {
    base::Log(base::Severity::kWarning, "containerd: {}", base::MessageOf(status));
    return;  // whoever needs it next has it tried again
  }
  needed_ = true;
  parts_.on_needed();
}

void MemoryRuntime::Look() {
  const base::MonotonicTime now = parts_.clock.Monotonic();
  const bool answers = Containerd::Connect(parts_.loop, parts_.socket, "system").ok();
  const auto over = std::ranges::stable_partition(
      waiting_, [&](const Waiting& waiting) { return !answers && needed_ && now < waiting.until; });
  std::vector<Waiting> finished(std::make_move_iterator(over.begin()),
                                std::make_move_iterator(over.end()));
  waiting_.erase(over.begin(), over.end());
  timer_.reset();
  if (!waiting_.empty()) {
    timer_ = parts_.loop.RunAt(now + kPeriod, [this] { Look(); });
  }
  for (Waiting& one : finished) {
    one.done();
  }
}

absl::StatusOr<Desired<ServiceDefinition>> MemoryRuntime::Define(
    const All<boot::PowerRequest>& power, const All<runtime::Environment>& environments) const {
  if (!power.empty() || !needed_) {
    return Desired<ServiceDefinition>();
  }
  ServiceDefinition::Spec definition;
  auto& parameters = *definition.mutable_process();
  for (const std::string& argument :
       {std::string("/usr/bin/containerd"), std::string("--config"),
        std::string("/etc/containerd/config.toml"), std::string("--address"), parts_.socket,
        std::string("--state"), std::string("/system/run/containerd"), std::string("--root"),
        parts_.directory}) {
    parameters.add_arguments(argument);
  }
  parameters.add_environment("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin");
  for (const auto& row : environments) {
    for (const std::string& variable : row.spec().variables()) {
      parameters.add_environment(variable);
    }
  }
  parameters.set_cgroup("system/runtime");
  parameters.set_oom_score_adj(kRarelyKilled);
  parameters.set_all_capabilities(true);
  definition.mutable_health()->set_unix_socket(parts_.socket);
  definition.mutable_health()->set_grpc(true);
  return Desired<ServiceDefinition>{{std::string(kMemoryContainerd), std::move(definition)}};
}

}  // namespace ichor
