#include <format>
#include <memory>

#include "absl/status/status.h"
#include "machined/api/areas.h"

namespace ichor::api {
namespace {

// Of a control plane; this node has no such role, or none yet.
constexpr const char* kControlPlane[] = {
    "/cluster.ClusterService/HealthCheck",
    "/machine.MachineService/Bootstrap",
    "/machine.MachineService/EtcdAlarmDisarm",
    "/machine.MachineService/EtcdAlarmList",
    "/machine.MachineService/EtcdDefragment",
    "/machine.MachineService/EtcdDowngradeCancel",
    "/machine.MachineService/EtcdDowngradeEnable",
    "/machine.MachineService/EtcdDowngradeValidate",
    "/machine.MachineService/EtcdForfeitLeadership",
    "/machine.MachineService/EtcdLeaveCluster",
    "/machine.MachineService/EtcdMemberList",
    "/machine.MachineService/EtcdRecover",
    "/machine.MachineService/EtcdRemoveMemberByID",
    "/machine.MachineService/EtcdSnapshot",
    "/machine.MachineService/EtcdStatus",
    "/machine.MachineService/GenerateClientConfiguration",
    "/machine.MachineService/Kubeconfig",
};

// Of this version of ours.
constexpr const char* kNotYet[] = {
    "/machine.DebugService/ContainerRun",
    "/machine.ImageService/Import",
    "/machine.ImageService/Pull",
    "/machine.ImageService/Remove",
    "/machine.ImageService/Verify",
    "/machine.LVMService/LogicalVolumeRemove",
    "/machine.LVMService/PhysicalVolumeRemove",
    "/machine.LVMService/VolumeGroupRemove",
    "/machine.LifecycleService/Install",
    "/machine.LifecycleService/Upgrade",
    "/machine.MDService/Destroy",
    "/machine.MachineService/ApplyConfiguration",
    "/machine.MachineService/Copy",
    "/machine.MachineService/ImagePull",
    "/machine.MachineService/MetaDelete",
    "/machine.MachineService/MetaWrite",
    "/machine.MachineService/PacketCapture",
    "/machine.MachineService/Read",
    "/machine.MachineService/Reset",
    "/machine.MachineService/Restart",
    "/machine.MachineService/Rollback",
    "/machine.MachineService/Upgrade",
    "/storage.StorageService/BlockDeviceWipe",
};

void Add(Methods& methods, const char* path, const absl::Status& status) {
  methods.Add(path, [status](rpc::Stream& stream) { return EndedCall(stream, status); });
}

}  // namespace

void AddAbsentMethods(Methods& methods) {
  for (const char* path : kControlPlane) {
    Add(methods, path, absl::UnimplementedError("this is only available on control plane nodes"));
  }
  for (const char* path : kNotYet) {
    Add(methods, path, absl::UnimplementedError(std::format("{} is not implemented", path)));
  }
}

}  // namespace ichor::api
