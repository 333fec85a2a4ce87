// From the wish for a container to its running process, and back to nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "ichor/service.resources.h"
#include "machined/containers/containerd.h"
#include "machined/containers/registry_logins.h"

namespace ichor {

// A container as containerd has it.
struct RunningContainer {
  std::int32_t pid = 0;
  std::uint64_t fingerprint = 0;  // of the parameters it was made with; 0: not one of ours
  std::int64_t created_s = 0;     // seconds since 1970
};

// The start of a container under way: its image is pulled if need be, its file system made, the
// container and its task. Nothing is called any more once this is destroyed.
class ContainerStart {
 public:
  // Called with what is done now: "pulls image …".
  using OnProgress = std::function<void(std::string)>;
  using Done = std::function<void(absl::StatusOr<RunningContainer>)>;

  virtual ~ContainerStart() = default;
};

// Begins it; what another try left is removed first. `containerd` outlives the start. `process` is
// in a container. Called back on the loop, never before this returns but for `on_progress`.
std::shared_ptr<ContainerStart> StartContainer(Containerd& containerd, const std::string& id,
                                               const services::ProcessSpec::Spec& process,
                                               const RegistryLogins& logins,
                                               ContainerStart::OnProgress on_progress,
                                               ContainerStart::Done done);

// What runs as container `id`; absent if nothing does. `done` as Containerd::Call.
void FindContainer(Containerd& containerd, const std::string& id,
                   Containerd::Done<std::optional<RunningContainer>> done);

// Kills what still runs of container `id`, and removes it with its file system. The first error but
// NotFound.
void RemoveContainer(Containerd& containerd, const std::string& id, Containerd::Done<bool> done);

}  // namespace ichor
