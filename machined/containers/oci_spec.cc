#include "machined/containers/oci_spec.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string_view>

#include "lib/resource/tree.h"
#include "machined/cri/base_spec.h"
#include "machined/services/capabilities.h"

namespace ichor {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;
using ichor::definitions::ContainerMount;
using ichor::definitions::ProcessParameters;

constexpr const char* kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::vector<std::string> CapabilitiesOf(const ProcessParameters& process) {
  if (process.all_capabilities()) {
    return {CapabilityNames().begin(), CapabilityNames().end()};
  }
  return {process.capabilities().begin(), process.capabilities().end()};
}

Struct Process(const ProcessParameters& process, const std::vector<std::string>& environment) {
  const std::vector<std::string> capabilities = CapabilitiesOf(process);
  std::vector<std::string> variables = {kPath};  // of several the last counts
  variables.insert(variables.end(), environment.begin(), environment.end());
  variables.insert(variables.end(), process.environment().begin(), process.environment().end());
  Struct object = Object(
      {{"args", std::vector<std::string>(process.arguments().begin(), process.arguments().end())},
       {"env", variables},
       {"cwd", "/"},
       {"user", Object({{"uid", static_cast<std::int64_t>(process.uid())},
                        {"gid", static_cast<std::int64_t>(process.gid())}})},
       {"noNewPrivileges", !process.container().privileged()},
       {"oomScoreAdj", process.oom_score_adj()},
       {"capabilities", Object({{"bounding", capabilities},
                                {"effective", capabilities},
                                {"permitted", capabilities}})}});
  if (const std::uint64_t files = process.container().open_files(); files != 0) {
    const Tree limit(static_cast<std::int64_t>(files));
    Set(object, "rlimits",
        List({Object({{"type", "RLIMIT_NOFILE"}, {"hard", limit}, {"soft", limit}})}));
  }
  return object;
}

Struct MountOf(const ContainerMount& mount) {
  return Object(
      {{"source", mount.source()},
       {"destination", mount.destination()},
       {"type", mount.type().empty() ? "bind" : mount.type()},
       {"options", std::vector<std::string>(mount.options().begin(), mount.options().end())}});
}

// The host's names, since its network is the container's. Files: who changes them writes into them,
// since one that takes the place of another would not be seen.
constexpr const char* kNames[] = {"/etc/hosts", "/etc/resolv.conf"};

// Those of the base, but what our own list has too; for a privileged one only /proc, since it says
// itself what of the host it sees.
ListValue Mounts(const Struct& base, const ProcessParameters& process) {
  std::set<std::string> ours;
  for (const ContainerMount& mount : process.container().mounts()) {
    ours.insert(mount.destination());
  }
  ListValue mounts;
  for (const Value& mount : Find(base, {"mounts"})->list_value().values()) {
    const std::string destination = TextAt(mount.struct_value(), {"destination"});
    if (!ours.contains(destination) &&
        (!process.container().privileged() || destination == "/proc")) {
      *mounts.add_values() = mount;
    }
  }
  for (const char* const path : kNames) {
    ContainerMount mount;
    mount.set_source(path);
    mount.set_destination(path);
    mount.add_options("bind");
    mount.add_options("ro");
    if (!ours.contains(path)) {
      *mounts.add_values()->mutable_struct_value() = MountOf(mount);
    }
  }
  for (const ContainerMount& mount : process.container().mounts()) {
    *mounts.add_values()->mutable_struct_value() = MountOf(mount);
  }
  return mounts;
}

// All share the host's network; privileged ones its processes too.
Tree Namespaces(bool privileged) {
  const Struct mount = Object({{"type", "mount"}});
  return privileged ? List({mount})
                    : List({mount, Object({{"type", "pid"}}), Object({{"type", "ipc"}})});
}

// What containerd's default profile forbids even to who has all capabilities, but for add_key and
// request_key, which helpers of mount(8) call.
Struct Seccomp() {
#if defined(__x86_64__)
  const Tree architectures = List({"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"});
#else
  const Tree architectures = List({"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"});
#endif
  const Tree forbidden = List({"_sysctl",
                               "afs_syscall",
                               "create_module",
                               "get_kernel_syms",
                               "getpmsg",
                               "io_uring_enter",
                               "io_uring_register",
                               "io_uring_setup",
                               "kexec_file_load",
                               "kexec_load",
                               "keyctl",
                               "nfsservctl",
                               "pivot_root",
                               "putpmsg",
                               "query_module",
                               "security",
                               "swapoff",
                               "swapon",
                               "tuxcall",
                               "uselib",
                               "userfaultfd",
                               "vserver"});
  return Object(
      {{"defaultAction", "SCMP_ACT_ALLOW"},
       {"architectures", architectures},
       {"syscalls",
        List(
            {Object({{"action", "SCMP_ACT_ERRNO"}, {"errnoRet", EPERM}, {"names", forbidden}})})}});
}

void SetLinux(const ProcessParameters& process, Struct& linux) {
  const bool privileged = process.container().privileged();
  Set(linux, "cgroupsPath", "/" + process.cgroup());
  Set(linux, "namespaces", Namespaces(privileged));
  if (privileged) {
    Set(linux, "rootfsPropagation", "shared");
    Set(linux, "resources",
        Object({{"devices", List({Object({{"allow", true}, {"access", "rwm"}})})}}));
    Set(linux, "seccomp", Seccomp());
    linux.mutable_fields()->erase("maskedPaths");
    linux.mutable_fields()->erase("readonlyPaths");
  }
}

}  // namespace

std::string OciSpec(const ProcessParameters& process, const std::vector<std::string>& environment) {
  Struct spec = DefaultBaseSpec();
  Value mounts;
  *mounts.mutable_list_value() = Mounts(spec, process);
  Set(spec, "mounts", Tree(mounts));
  Set(spec, "process", Process(process, environment));
  SetLinux(process, *(*spec.mutable_fields())["linux"].mutable_struct_value());
  return SpecJson(spec);
}

}  // namespace ichor
