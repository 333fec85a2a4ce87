// The methods, area by area. Each function adds its own to the table.
#pragma once

#include "machined/api/methods.h"

namespace ichor::api {

// Version, Hostname.
void AddVersionMethods(Methods& methods);
// ServiceList, ServiceStart, ServiceStop, ServiceRestart.
void AddServiceMethods(Methods& methods);
// Memory, LoadAvg, SystemStat, CPUInfo, CPUFreqStats, DiskStats, NetworkDeviceStats.
void AddSystemMethods(Methods& methods);
// Processes.
void AddProcessMethods(Methods& methods);
// Netstat.
void AddSocketMethods(Methods& methods);
// Mounts, machine.StorageService/Statfs.
void AddMountMethods(Methods& methods);
// List, DiskUsage, Read, Copy.
void AddFileMethods(Methods& methods);
// Dmesg, Logs, LogsContainers.
void AddLogMethods(Methods& methods);
// Events.
void AddEventMethods(Methods& methods);
// storage.StorageService/Disks.
void AddDiskMethods(Methods& methods);
// storage.StorageService/BlockDeviceWipe.
void AddWipeMethods(Methods& methods);
// Time, TimeCheck.
void AddTimeMethods(Methods& methods);
// ControllerRuntimeDependencies.
void AddInspectMethods(Methods& methods);
// PacketCapture.
void AddCaptureMethods(Methods& methods);
// MetaWrite, MetaDelete.
void AddMetaMethods(Methods& methods);
// Reboot, Reset, Shutdown.
void AddControlMethods(Methods& methods);
// Containers, Stats, Restart, ImageList, ImagePull, and of machine.ImageService List, Pull, Remove.
void AddContainerMethods(Methods& methods);
// ApplyConfiguration.
void AddConfigMethods(Methods& methods);
// GenerateClientConfiguration, Kubeconfig.
void AddSecretsMethods(Methods& methods);
// Bootstrap, EtcdMemberList, EtcdRemoveMemberByID, EtcdStatus, EtcdAlarm*, EtcdDefragment,
// EtcdDowngrade*.
void AddEtcdMethods(Methods& methods);
// EtcdForfeitLeadership, EtcdLeaveCluster.
void AddEtcdMemberMethods(Methods& methods);
// EtcdSnapshot, EtcdRecover.
void AddEtcdStreamMethods(Methods& methods);
// cluster.ClusterService/HealthCheck.
void AddHealthMethods(Methods& methods);
// ichor.v1.NodeService.
void AddNodeMethods(Methods& methods);
// Methods that this node does not have: Unimplemented, for those who may call them.
void AddAbsentMethods(Methods& methods);

}  // namespace ichor::api
