#include <memory>

#include "absl/status/status.h"
#include "machined/api/areas.h"

namespace ichor::api {
namespace {

// What a later version of ours brings, and what somebody who asks for it is told.
struct NotYet {
  const char* path;
  const char* sentence;
};
constexpr const char* kNoUpgrades = "upgrades are not there yet in this version";
constexpr const char* kNoVolumeGroups = "changing LVM volumes is not there yet in this version";
constexpr NotYet kNotYet[] = {
    {"/machine.DebugService/ContainerRun", "debug containers are not there yet in this version"},
    {"/machine.ImageService/Verify", "rules for images are not there yet in this version"},
    {"/machine.LVMService/LogicalVolumeRemove", kNoVolumeGroups},
    {"/machine.LVMService/PhysicalVolumeRemove", kNoVolumeGroups},
    {"/machine.LVMService/VolumeGroupRemove", kNoVolumeGroups},
    {"/machine.LifecycleService/Install",
     "installing by this method is not there yet in this version: apply a config"},
    {"/machine.LifecycleService/Upgrade", kNoUpgrades},
    {"/machine.MDService/Destroy", "changing MD arrays is not there yet in this version"},
    {"/machine.MachineService/Rollback", kNoUpgrades},
    {"/machine.MachineService/Upgrade", kNoUpgrades},
};

void Add(Methods& methods, const char* path, const absl::Status& status) {
  methods.Add(path, [status](rpc::Stream& stream) { return EndedCall(stream, status); });
}

}  // namespace

void AddAbsentMethods(Methods& methods) {
  for (const auto& [path, sentence] : kNotYet) {
    Add(methods, path, absl::UnimplementedError(sentence));
  }
}

}  // namespace ichor::api
