#include "lib/rpc/role_table.h"

#include <map>
#include <sstream>

namespace ichor::rpc {
namespace {

// A method and the letters of its roles; R* is a reader in maintenance mode.
constexpr const char* kTable = R"(
/cluster.ClusterService/HealthCheck A O R
/cosi.resource.State/Create A
/cosi.resource.State/Destroy A
/cosi.resource.State/Get A O R
/cosi.resource.State/List A O R
/cosi.resource.State/Teardown A
/cosi.resource.State/TeardownAndDestroy A
/cosi.resource.State/Update A
/cosi.resource.State/Watch A O R
/ichor.v1.NodeService/Apply A R*
/ichor.v1.NodeService/Confirm A
/ichor.v1.NodeService/CrashRecords A O R
/ichor.v1.NodeService/Plan A R*
/inspect.InspectService/ControllerRuntimeDependencies A O R
/machine.DebugService/ContainerRun A
/machine.ImageService/Import A
/machine.ImageService/List A O R
/machine.ImageService/Pull A O
/machine.ImageService/Remove A
/machine.ImageService/Verify A O R I
/machine.LVMService/LogicalVolumeRemove A R*
/machine.LVMService/PhysicalVolumeRemove A R*
/machine.LVMService/VolumeGroupRemove A R*
/machine.LifecycleService/Install A
/machine.LifecycleService/Upgrade A
/machine.MDService/Destroy A R*
/machine.MachineService/ApplyConfiguration A R*
/machine.MachineService/Bootstrap A
/machine.MachineService/CPUFreqStats A O R
/machine.MachineService/CPUInfo A O R
/machine.MachineService/Containers A O R
/machine.MachineService/Copy A
/machine.MachineService/DiskStats A O R
/machine.MachineService/DiskUsage A O R
/machine.MachineService/Dmesg A O R
/machine.MachineService/EtcdAlarmDisarm A O
/machine.MachineService/EtcdAlarmList A O R E
/machine.MachineService/EtcdDefragment A O
/machine.MachineService/EtcdDowngradeCancel A
/machine.MachineService/EtcdDowngradeEnable A
/machine.MachineService/EtcdDowngradeValidate A
/machine.MachineService/EtcdForfeitLeadership A
/machine.MachineService/EtcdLeaveCluster A
/machine.MachineService/EtcdMemberList A O R E
/machine.MachineService/EtcdRecover A
/machine.MachineService/EtcdRemoveMemberByID A
/machine.MachineService/EtcdSnapshot A O E
/machine.MachineService/EtcdStatus A O R E
/machine.MachineService/Events A O R
/machine.MachineService/GenerateClientConfiguration A
/machine.MachineService/Hostname A O R
/machine.MachineService/ImageList A O R
/machine.MachineService/ImagePull A O
/machine.MachineService/Kubeconfig A
/machine.MachineService/List A O R
/machine.MachineService/LoadAvg A O R
/machine.MachineService/Logs A O R
/machine.MachineService/LogsContainers A O R
/machine.MachineService/Memory A O R
/machine.MachineService/MetaDelete A M
/machine.MachineService/MetaWrite A M
/machine.MachineService/Mounts A O R
/machine.MachineService/Netstat A O R
/machine.MachineService/NetworkDeviceStats A O R
/machine.MachineService/PacketCapture A O
/machine.MachineService/Processes A O R
/machine.MachineService/Read A
/machine.MachineService/Reboot A O
/machine.MachineService/Reset A
/machine.MachineService/Restart A O
/machine.MachineService/Rollback A
/machine.MachineService/ServiceList A O R
/machine.MachineService/ServiceRestart A O
/machine.MachineService/ServiceStart A O
/machine.MachineService/ServiceStop A O
/machine.MachineService/Shutdown A O
/machine.MachineService/Stats A O R
/machine.MachineService/SystemStat A O R
/machine.MachineService/Upgrade A
/machine.MachineService/Version A O R
/machine.StorageService/Statfs A O R
/storage.StorageService/BlockDeviceWipe A R*
/storage.StorageService/Disks A O R
/time.TimeService/Time A O R
/time.TimeService/TimeCheck A O R
)";

const std::map<char, std::string> kRoles = {
    {'A', "os:admin"},       {'E', "os:etcd:backup"}, {'I', "os:image:verifier"},
    {'M', "os:meta:writer"}, {'O', "os:operator"},    {'R', "os:reader"},
};

RoleRow RowOf(const std::string& line) {
  std::istringstream words(line);
  RoleRow row;
  words >> row.method;
  for (std::string word; words >> word;) {
    row.roles.push_back(kRoles.at(word.front()));
    row.reader_in_maintenance = row.reader_in_maintenance || word == "R*";
  }
  return row;
}

}  // namespace

std::vector<RoleRow> RoleTable() {
  std::vector<RoleRow> rows;
  std::istringstream lines(kTable);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) {
      rows.push_back(RowOf(line));
    }
  }
  return rows;
}

const std::vector<std::string>& AllRoles() {
  static const std::vector<std::string> kRoles = {
      "os:admin",       "os:etcd:backup", "os:image:verifier", "os:impersonator",
      "os:meta:writer", "os:operator",    "os:reader"};
  return kRoles;
}

}  // namespace ichor::rpc
