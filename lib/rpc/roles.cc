#include "lib/rpc/roles.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ichor::rpc {
namespace {

constexpr std::uint8_t kAdmin = 1 << 0;
constexpr std::uint8_t kEtcdBackup = 1 << 1;
constexpr std::uint8_t kImageVerifier = 1 << 2;
constexpr std::uint8_t kImpersonator = 1 << 3;
constexpr std::uint8_t kMetaWriter = 1 << 4;
constexpr std::uint8_t kOperator = 1 << 5;
constexpr std::uint8_t kReader = 1 << 6;

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 7> kNames = {{
    {"os:admin", kAdmin},
    {"os:etcd:backup", kEtcdBackup},
    {"os:image:verifier", kImageVerifier},
    {"os:impersonator", kImpersonator},
    {"os:meta:writer", kMetaWriter},
    {"os:operator", kOperator},
    {"os:reader", kReader},
}};

struct Rule {
  std::string_view method;
  int roles = 0;  // beside kAdmin
};

// Sorted by method. Those that are not here are for kAdmin alone.
constexpr std::array kRules = {
    Rule{"/cluster.ClusterService/HealthCheck", kOperator | kReader},
    Rule{"/cosi.resource.State/Get", kOperator | kReader},
    Rule{"/cosi.resource.State/List", kOperator | kReader},
    Rule{"/cosi.resource.State/Watch", kOperator | kReader},
    Rule{"/ichor.v1.NodeService/Apply", kReader},
    Rule{"/ichor.v1.NodeService/CrashRecords", kOperator | kReader},
    Rule{"/ichor.v1.NodeService/Plan", kReader},
    Rule{"/inspect.InspectService/ControllerRuntimeDependencies", kOperator | kReader},
    Rule{"/machine.ImageService/List", kOperator | kReader},
    Rule{"/machine.ImageService/Pull", kOperator},
    Rule{"/machine.ImageService/Verify", kOperator | kReader | kImageVerifier},
    Rule{"/machine.LVMService/LogicalVolumeRemove", kReader},
    Rule{"/machine.LVMService/PhysicalVolumeRemove", kReader},
    Rule{"/machine.LVMService/VolumeGroupRemove", kReader},
    Rule{"/machine.MDService/Destroy", kReader},
    Rule{"/machine.MachineService/ApplyConfiguration", kReader},
    Rule{"/machine.MachineService/CPUFreqStats", kOperator | kReader},
    Rule{"/machine.MachineService/CPUInfo", kOperator | kReader},
    Rule{"/machine.MachineService/Containers", kOperator | kReader},
    Rule{"/machine.MachineService/DiskStats", kOperator | kReader},
    Rule{"/machine.MachineService/DiskUsage", kOperator | kReader},
    Rule{"/machine.MachineService/Dmesg", kOperator | kReader},
    Rule{"/machine.MachineService/EtcdAlarmDisarm", kOperator},
    Rule{"/machine.MachineService/EtcdAlarmList", kOperator | kReader | kEtcdBackup},
    Rule{"/machine.MachineService/EtcdDefragment", kOperator},
    Rule{"/machine.MachineService/EtcdMemberList", kOperator | kReader | kEtcdBackup},
    Rule{"/machine.MachineService/EtcdSnapshot", kOperator | kEtcdBackup},
    Rule{"/machine.MachineService/EtcdStatus", kOperator | kReader | kEtcdBackup},
    Rule{"/machine.MachineService/Events", kOperator | kReader},
    Rule{"/machine.MachineService/Hostname", kOperator | kReader},
    Rule{"/machine.MachineService/ImageList", kOperator | kReader},
    Rule{"/machine.MachineService/ImagePull", kOperator},
    Rule{"/machine.MachineService/List", kOperator | kReader},
    Rule{"/machine.MachineService/LoadAvg", kOperator | kReader},
    Rule{"/machine.MachineService/Logs", kOperator | kReader},
    Rule{"/machine.MachineService/LogsContainers", kOperator | kReader},
    Rule{"/machine.MachineService/Memory", kOperator | kReader},
    Rule{"/machine.MachineService/MetaDelete", kMetaWriter},
    Rule{"/machine.MachineService/MetaWrite", kMetaWriter},
    Rule{"/machine.MachineService/Mounts", kOperator | kReader},
    Rule{"/machine.MachineService/Netstat", kOperator | kReader},
    Rule{"/machine.MachineService/NetworkDeviceStats", kOperator | kReader},
    Rule{"/machine.MachineService/PacketCapture", kOperator},
    Rule{"/machine.MachineService/Processes", kOperator | kReader},
    Rule{"/machine.MachineService/Reboot", kOperator},
    Rule{"/machine.MachineService/Restart", kOperator},
    Rule{"/machine.MachineService/ServiceList", kOperator | kReader},
    Rule{"/machine.MachineService/ServiceRestart", kOperator},
    Rule{"/machine.MachineService/ServiceStart", kOperator},
    Rule{"/machine.MachineService/ServiceStop", kOperator},
    Rule{"/machine.MachineService/Shutdown", kOperator},
    Rule{"/machine.MachineService/Stats", kOperator | kReader},
    Rule{"/machine.MachineService/SystemStat", kOperator | kReader},
    Rule{"/machine.MachineService/Version", kOperator | kReader},
    Rule{"/machine.StorageService/Statfs", kOperator | kReader},
    Rule{"/storage.StorageService/BlockDeviceWipe", kReader},
    Rule{"/storage.StorageService/Disks", kOperator | kReader},
    Rule{"/time.TimeService/Time", kOperator | kReader},
    Rule{"/time.TimeService/TimeCheck", kOperator | kReader},
};

static_assert(std::ranges::is_sorted(kRules, {}, &Rule::method));

std::uint8_t BitOf(std::string_view name) {
  const auto* const found =
      std::ranges::find(kNames, name, &std::pair<std::string_view, std::uint8_t>::first);
  return found == kNames.end() ? 0 : found->second;
}

}  // namespace

Roles::Roles(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    bits_ |= BitOf(name);
  }
}

bool Roles::Contains(std::string_view name) const {
  return (bits_ & BitOf(name)) != 0;
}

std::vector<std::string> Roles::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, bit] : kNames) {
    if ((bits_ & bit) != 0) {
      names.emplace_back(name);
    }
  }
  return names;
}

Roles Roles::And(const Roles& other) const {
  Roles both;
  both.bits_ = bits_ & other.bits_;
  return both;
}

Roles RolesThatMayCall(std::string_view method) {
  Roles roles;
  roles.bits_ = kAdmin;
  const auto* const rule = std::ranges::lower_bound(kRules, method, {}, &Rule::method);
  if (rule != kRules.end() && rule->method == method) {
    roles.bits_ |= static_cast<std::uint8_t>(rule->roles);
  }
  return roles;
}

bool MayCall(std::string_view method, const Roles& roles) {
  return (RolesThatMayCall(method).bits_ & roles.bits_) != 0;
}

}  // namespace ichor::rpc
