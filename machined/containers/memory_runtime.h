// The node's own containerd, whose data are in memory.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "ichor/service.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/rows.h"
#include "lib/sys/volume/mounts.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

inline constexpr const char* kMemorySocket = "/system/run/containerd/containerd.sock";

// The service `containerd`: what it keeps is gone with the boot, so it works before there is a disk
// and takes no room on one. It is started by the first who needs it, and runs from then on until
// the machine goes down. Its data may take half of the memory, as tmpfs(5) has it. Loop's thread
// only.
class MemoryRuntime {
 public:
  struct Parts {  // all outlive it
    Loop& loop;
    const base::Clock& clock;
    sys::Mounts& mounts;
    std::function<void()> on_needed;  // what Define says has changed
    std::string directory = "/system/var/lib/containerd";
    std::string socket = kMemorySocket;
  };

  // Where its memory is mounted, it was needed before machined was started again.
  explicit MemoryRuntime(Parts parts)
      : parts_(std::move(parts)),
        needed_(parts_.mounts.IsMounted(parts_.directory).value_or(false)) {}
  ~MemoryRuntime();
  MemoryRuntime(const MemoryRuntime&) = delete;
  MemoryRuntime& operator=(const MemoryRuntime&) = delete;

  // Starts it if it does not run, and calls `done` once it can be connected to, or cannot be after
  // half a minute; with an error if there is no memory for its data, which the next call tries
  // again.
  void BringUp(absl::AnyInvocable<void(absl::Status)> done);

  // Nothing until somebody needed it.
  absl::StatusOr<Desired<services::ServiceDefinition>> Define(
      const All<boot::PowerRequest>& power, const All<runtime::Environment>& environments) const;

 private:
  struct Waiting {
    base::MonotonicTime until;
    absl::AnyInvocable<void(absl::Status)> done;
  };

  absl::Status Need();
  void Look();

  const Parts parts_;
  bool needed_;
  std::vector<Waiting> waiting_;
  std::optional<Loop::TimerId> timer_;
};

}  // namespace ichor
