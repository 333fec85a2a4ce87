#include "lib/config/validate/runtime_spec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

enum class Type : std::uint8_t { kText, kBool, kInteger, kNatural };

// A value that is no list and no mapping. [] stands behind a list, {} behind a mapping whose keys
// are free.
struct Leaf {
  std::string_view path;
  Type type = Type::kText;
};

constexpr auto kLeaves = std::to_array<Leaf>({
    {"annotations{}"},
    {"domainname"},
    {"hooks.createContainer[].args[]"},
    {"hooks.createContainer[].env[]"},
    {"hooks.createContainer[].path"},
    {"hooks.createContainer[].timeout", Type::kInteger},
    {"hooks.createRuntime[].args[]"},
    {"hooks.createRuntime[].env[]"},
    {"hooks.createRuntime[].path"},
    {"hooks.createRuntime[].timeout", Type::kInteger},
    {"hooks.poststart[].args[]"},
    {"hooks.poststart[].env[]"},
    {"hooks.poststart[].path"},
    {"hooks.poststart[].timeout", Type::kInteger},
    {"hooks.poststop[].args[]"},
    {"hooks.poststop[].env[]"},
    {"hooks.poststop[].path"},
    {"hooks.poststop[].timeout", Type::kInteger},
    {"hooks.prestart[].args[]"},
    {"hooks.prestart[].env[]"},
    {"hooks.prestart[].path"},
    {"hooks.prestart[].timeout", Type::kInteger},
    {"hooks.startContainer[].args[]"},
    {"hooks.startContainer[].env[]"},
    {"hooks.startContainer[].path"},
    {"hooks.startContainer[].timeout", Type::kInteger},
    {"hostname"},
    {"linux.cgroupsPath"},
    {"linux.devices[].fileMode", Type::kNatural},
    {"linux.devices[].gid", Type::kNatural},
    {"linux.devices[].major", Type::kInteger},
    {"linux.devices[].minor", Type::kInteger},
    {"linux.devices[].path"},
    {"linux.devices[].type"},
    {"linux.devices[].uid", Type::kNatural},
    {"linux.gidMappings[].containerID", Type::kNatural},
    {"linux.gidMappings[].hostID", Type::kNatural},
    {"linux.gidMappings[].size", Type::kNatural},
    {"linux.intelRdt.closID"},
    {"linux.intelRdt.l3CacheSchema"},
    {"linux.intelRdt.memBwSchema"},
    {"linux.maskedPaths[]"},
    {"linux.mountLabel"},
    {"linux.namespaces[].path"},
    {"linux.namespaces[].type"},
    {"linux.personality.domain"},
    {"linux.personality.flags[]"},
    {"linux.readonlyPaths[]"},
    {"linux.resources.blockIO.leafWeight", Type::kNatural},
    {"linux.resources.blockIO.weight", Type::kNatural},
    {"linux.resources.cpu.burst", Type::kNatural},
    {"linux.resources.cpu.cpus"},
    {"linux.resources.cpu.idle", Type::kInteger},
    {"linux.resources.cpu.mems"},
    {"linux.resources.cpu.period", Type::kNatural},
    {"linux.resources.cpu.quota", Type::kInteger},
    {"linux.resources.cpu.realtimePeriod", Type::kNatural},
    {"linux.resources.cpu.realtimeRuntime", Type::kInteger},
    {"linux.resources.cpu.shares", Type::kNatural},
    {"linux.resources.devices[].access"},
    {"linux.resources.devices[].allow", Type::kBool},
    {"linux.resources.devices[].major", Type::kInteger},
    {"linux.resources.devices[].minor", Type::kInteger},
    {"linux.resources.devices[].type"},
    {"linux.resources.hugepageLimits[].limit", Type::kNatural},
    {"linux.resources.hugepageLimits[].pageSize"},
    {"linux.resources.memory.checkBeforeUpdate", Type::kBool},
    {"linux.resources.memory.disableOOMKiller", Type::kBool},
    {"linux.resources.memory.kernel", Type::kInteger},
    {"linux.resources.memory.kernelTCP", Type::kInteger},
    {"linux.resources.memory.limit", Type::kInteger},
    {"linux.resources.memory.reservation", Type::kInteger},
    {"linux.resources.memory.swap", Type::kInteger},
    {"linux.resources.memory.swappiness", Type::kNatural},
    {"linux.resources.memory.useHierarchy", Type::kBool},
    {"linux.resources.network.classID", Type::kNatural},
    {"linux.resources.network.priorities[].name"},
    {"linux.resources.network.priorities[].priority", Type::kNatural},
    {"linux.resources.pids.limit", Type::kInteger},
    {"linux.resources.rdma{}.hcaHandles", Type::kNatural},
    {"linux.resources.rdma{}.hcaObjects", Type::kNatural},
    {"linux.resources.unified{}"},
    {"linux.rootfsPropagation"},
    {"linux.seccomp.architectures[]"},
    {"linux.seccomp.defaultAction"},
    {"linux.seccomp.defaultErrnoRet", Type::kNatural},
    {"linux.seccomp.flags[]"},
    {"linux.seccomp.listenerMetadata"},
    {"linux.seccomp.listenerPath"},
    {"linux.seccomp.syscalls[].action"},
    {"linux.seccomp.syscalls[].args[].index", Type::kNatural},
    {"linux.seccomp.syscalls[].args[].op"},
    {"linux.seccomp.syscalls[].args[].value", Type::kNatural},
    {"linux.seccomp.syscalls[].args[].valueTwo", Type::kNatural},
    {"linux.seccomp.syscalls[].errnoRet", Type::kNatural},
    {"linux.seccomp.syscalls[].names[]"},
    {"linux.sysctl{}"},
    {"linux.timeOffsets{}.nanosecs", Type::kNatural},
    {"linux.timeOffsets{}.secs", Type::kInteger},
    {"linux.uidMappings[].containerID", Type::kNatural},
    {"linux.uidMappings[].hostID", Type::kNatural},
    {"linux.uidMappings[].size", Type::kNatural},
    {"mounts[].destination"},
    {"mounts[].gidMappings[].containerID", Type::kNatural},
    {"mounts[].gidMappings[].hostID", Type::kNatural},
    {"mounts[].gidMappings[].size", Type::kNatural},
    {"mounts[].options[]"},
    {"mounts[].source"},
    {"mounts[].type"},
    {"mounts[].uidMappings[].containerID", Type::kNatural},
    {"mounts[].uidMappings[].hostID", Type::kNatural},
    {"mounts[].uidMappings[].size", Type::kNatural},
    {"ociVersion"},
    {"process.apparmorProfile"},
    {"process.args[]"},
    {"process.capabilities.ambient[]"},
    {"process.capabilities.bounding[]"},
    {"process.capabilities.effective[]"},
    {"process.capabilities.inheritable[]"},
    {"process.capabilities.permitted[]"},
    {"process.commandLine"},
    {"process.consoleSize.height", Type::kNatural},
    {"process.consoleSize.width", Type::kNatural},
    {"process.cwd"},
    {"process.env[]"},
    {"process.execCPUAffinity.final"},
    {"process.execCPUAffinity.initial"},
    {"process.ioPriority.class"},
    {"process.ioPriority.priority", Type::kInteger},
    {"process.noNewPrivileges", Type::kBool},
    {"process.oomScoreAdj", Type::kInteger},
    {"process.rlimits[].hard", Type::kNatural},
    {"process.rlimits[].soft", Type::kNatural},
    {"process.rlimits[].type"},
    {"process.scheduler.deadline", Type::kNatural},
    {"process.scheduler.flags[]"},
    {"process.scheduler.nice", Type::kInteger},
    {"process.scheduler.period", Type::kNatural},
    {"process.scheduler.policy"},
    {"process.scheduler.priority", Type::kInteger},
    {"process.scheduler.runtime", Type::kNatural},
    {"process.selinuxLabel"},
    {"process.terminal", Type::kBool},
    {"process.user.additionalGids[]", Type::kNatural},
    {"process.user.gid", Type::kNatural},
    {"process.user.uid", Type::kNatural},
    {"process.user.umask", Type::kNatural},
    {"process.user.username"},
    {"root.path"},
    {"root.readonly", Type::kBool},
});

// Found by their beginnings.
static_assert(std::ranges::is_sorted(kLeaves, {}, &Leaf::path));

bool IsOf(Type type, const Value& value) {
  const double number = value.number_value();
  const bool whole = value.kind_case() == Value::kNumberValue && std::trunc(number) == number;
  switch (type) {
    case Type::kText:
      return value.kind_case() == Value::kStringValue;
    case Type::kBool:
      return value.kind_case() == Value::kBoolValue;
    case Type::kInteger:
      return whole;
    case Type::kNatural:
      return whole && number >= 0;
  }
  return false;
}

std::string_view Words(Type type) {
  switch (type) {
    case Type::kText:
      return "a string";
    case Type::kBool:
      return "true or false";
    case Type::kInteger:
      return "an integer";
    case Type::kNatural:
      return "an integer that is not negative";
  }
  return "";
}

class SpecChecker {
 public:
  explicit SpecChecker(Checker& checker) : checker_(checker) {}

  // `path` is that of the value, `place` the one it has in the specification.
  void Check(const std::string& path, const std::string& place, const Value& value);
  void Keys(const std::string& path, const std::string& place, const Struct& keys, bool free);

 private:
  // Whether the specification has something whose path begins so.
  static bool Has(std::string_view place) {
    const auto at = std::ranges::lower_bound(kLeaves, place, {}, &Leaf::path);
    return at != kLeaves.end() && at->path.starts_with(place);
  }
  void Wrong(const std::string& path, std::string_view expected) {
    checker_.Error(path, Cat("expected ", expected));
  }

  Checker& checker_;
};

void SpecChecker::Check(const std::string& path, const std::string& place, const Value& value) {
  if (value.kind_case() == Value::kNullValue) return;
  const auto leaf = std::ranges::find(kLeaves, place, &Leaf::path);
  if (leaf != kLeaves.end()) {
    if (!IsOf(leaf->type, value)) Wrong(path, Words(leaf->type));
  } else if (Has(place + "[]")) {
    if (!value.has_list_value()) return Wrong(path, "a list");
    for (int i = 0; i < value.list_value().values_size(); ++i) {
      Check(Cat(path, "[", i, "]"), place + "[]", value.list_value().values(i));
    }
  } else if (const bool free = Has(place + "{}"); free || Has(place + ".")) {
    if (!value.has_struct_value()) return Wrong(path, "a mapping");
    Keys(path, place, value.struct_value(), free);
  }
}

void SpecChecker::Keys(const std::string& path, const std::string& place, const Struct& keys,
                       bool free) {
  for (const auto& [key, value] : keys.fields()) {
    const std::string below = free ? place + "{}" : place.empty() ? key : Cat(place, ".", key);
    Check(free ? Cat(path, "[\"", key, "\"]") : Cat(path, ".", key), below, value);
  }
}

}  // namespace

void CheckRuntimeSpec(Checker& checker, std::string_view path, const Struct& spec) {
  SpecChecker(checker).Keys(std::string(path), "", spec, false);
}

}  // namespace ichor::config
