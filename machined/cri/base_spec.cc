#include "machined/cri/base_spec.h"

#include <cstdint>
#include <format>
#include <map>
#include <string_view>

#include "absl/log/absl_check.h"
#include "lib/resource/json_text.h"
#include "lib/resource/yaml.h"
#include "talos/resource/definitions/cri/cri.resources.h"

namespace ichor {
namespace {

using google::protobuf::ListValue;
using google::protobuf::Struct;
using google::protobuf::Value;

// What containerd 2.2 begins with when it is told nothing. In YAML, of which JSON is a part.
constexpr std::string_view kDefault = R"(
ociVersion: 1.2.1
process:
  user: {uid: 0, gid: 0}
  cwd: /
  noNewPrivileges: true
root: {path: rootfs}
mounts:
  - {destination: /proc, type: proc, source: proc, options: [nosuid, noexec, nodev]}
  - destination: /dev
    type: tmpfs
    source: tmpfs
    options: [nosuid, strictatime, mode=755, size=65536k]
  - destination: /dev/pts
    type: devpts
    source: devpts
    options: [nosuid, noexec, newinstance, ptmxmode=0666, mode=0620, gid=5]
  - destination: /dev/shm
    type: tmpfs
    source: shm
    options: [nosuid, noexec, nodev, mode=1777, size=65536k]
  - {destination: /dev/mqueue, type: mqueue, source: mqueue, options: [nosuid, noexec, nodev]}
  - {destination: /sys, type: sysfs, source: sysfs, options: [nosuid, noexec, nodev, ro]}
  - destination: /run
    type: tmpfs
    source: tmpfs
    options: [nosuid, strictatime, mode=755, size=65536k]
linux:
  resources:
    devices:
      - {allow: false, access: rwm}
  namespaces:
    - {type: pid}
    - {type: ipc}
    - {type: uts}
    - {type: mount}
    - {type: network}
  maskedPaths:
    - /proc/acpi
    - /proc/asound
    - /proc/interrupts
    - /proc/kcore
    - /proc/keys
    - /proc/latency_stats
    - /proc/timer_list
    - /proc/timer_stats
    - /proc/sched_debug
    - /sys/firmware
    - /sys/devices/virtual/powercap
  readonlyPaths: [/proc/bus, /proc/fs, /proc/irq, /proc/sys, /proc/sysrq-trigger]
)";

// Of the default, all three sets are the same.
constexpr std::string_view kCapabilities =
    "[CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FSETID, CAP_FOWNER, CAP_MKNOD, CAP_NET_RAW, CAP_SETGID, "
    "CAP_SETUID, CAP_SETFCAP, CAP_SETPCAP, CAP_NET_BIND_SERVICE, CAP_SYS_CHROOT, CAP_KILL, "
    "CAP_AUDIT_WRITE]";

Struct FromText(std::string_view text) {
  cri::BaseRuntimeSpecConfig::Spec spec;
  ABSL_CHECK_OK(FromYaml(text, spec));  // a text of ours
  return spec.object();
}

std::string NumberJson(double number) {
  constexpr double kExact = 1LL << 53;  // whole numbers up to here are what they were
  if (number >= -kExact && number <= kExact &&
      static_cast<double>(static_cast<std::int64_t>(number)) == number) {
    return std::format("{}", static_cast<std::int64_t>(number));
  }
  return std::format("{}", number);
}

std::string ValueJson(const Value& value);

std::string ListJson(const ListValue& list) {
  std::string text;
  for (const Value& value : list.values()) {
    text += (text.empty() ? "" : ",") + ValueJson(value);
  }
  return "[" + text + "]";
}

std::string ValueJson(const Value& value) {
  switch (value.kind_case()) {
    case Value::kStructValue:
      return SpecJson(value.struct_value());
    case Value::kListValue:
      return ListJson(value.list_value());
    case Value::kStringValue:
      return JsonText(value.string_value());
    case Value::kNumberValue:
      return NumberJson(value.number_value());
    case Value::kBoolValue:
      return value.bool_value() ? "true" : "false";
    default:
      return "null";
  }
}

}  // namespace

Struct DefaultBaseSpec() {
  Struct spec = FromText(kDefault);
  MergeSpec(FromText(std::format("process: {{capabilities: {{bounding: {0}, effective: {0}, "
                                 "permitted: {0}}}}}",
                                 kCapabilities)),
            spec);
  return spec;
}

void MergeSpec(const Struct& changes, Struct& spec) {
  for (const auto& [key, value] : changes.fields()) {
    Value& there = (*spec.mutable_fields())[key];
    if (there.has_struct_value() && value.has_struct_value()) {
      MergeSpec(value.struct_value(), *there.mutable_struct_value());
    } else if (there.has_list_value() && value.has_list_value()) {
      there.mutable_list_value()->MergeFrom(value.list_value());
    } else {
      there = value;
    }
  }
}

std::string SpecJson(const Struct& spec) {
  const std::map<std::string, Value> sorted(spec.fields().begin(), spec.fields().end());
  std::string text;
  for (const auto& [key, value] : sorted) {
    text += std::format("{}{}:{}", text.empty() ? "" : ",", JsonText(key), ValueJson(value));
  }
  return "{" + text + "}";
}

}  // namespace ichor
