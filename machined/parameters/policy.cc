#include "machined/parameters/policy.h"

#include <algorithm>
#include <array>
#include <format>
#include <map>
#include <utility>

#include "config/legacy.pb.h"
#include "config/runtime.pb.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

constexpr std::string_view kSysctl = "proc.sys.";
constexpr std::string_view kSysfs = "sys.";

// Those that the Kernel Self Protection Project asks for.
constexpr std::array<std::string_view, 16> kHardening = {
    "dev.tty.ldisc_autoload",    "dev.tty.legacy_tiocsti",
    "fs.protected_fifos",        "fs.protected_hardlinks",
    "fs.protected_regular",      "fs.protected_symlinks",
    "fs.suid_dumpable",          "kernel.dmesg_restrict",
    "kernel.kptr_restrict",      "kernel.perf_event_paranoid",
    "kernel.randomize_va_space", "kernel.unprivileged_bpf_disabled",
    "kernel.yama.ptrace_scope",  "net.core.bpf_jit_harden",
    "user.max_user_namespaces",  "vm.unprivileged_userfaultfd",
};

// "net.ipv4.conf.eth0/1.forwarding" to "net/ipv4/conf/eth0.1/forwarding".
std::string SlashesOf(std::string_view key) {
  std::string path(key);
  if (path.find('/') < path.find('.')) {
    return path;
  }
  for (char& byte : path) {
    byte = byte == '.' ? '/' : byte == '/' ? '.' : byte;
  }
  return path;
}

bool StaysInside(std::string_view path) {
  return !path.empty() && !std::format("/{}/", path).contains("/../");
}

using Values = std::map<std::string, std::string>;

template <class Parameters>
void Take(const Parameters& parameters, std::string_view tree, Values& values) {
  for (const auto& [key, value] : parameters) {
    values[std::string(tree) + key] = value;
  }
}

}  // namespace

std::string ParameterPath(std::string_view id) {
  const bool sysctl = id.starts_with(kSysctl);
  if (!sysctl && !id.starts_with(kSysfs)) {
    return "";
  }
  const std::string path = SlashesOf(id.substr(sysctl ? kSysctl.size() : kSysfs.size()));
  return StaysInside(path) ? (sysctl ? "/proc/sys/" : "/sys/") + path : "";
}

absl::StatusOr<Desired<runtime::KernelParamSpec>> WantParameters(
    const All<config::MachineConfig>& configs) {
  Desired<runtime::KernelParamSpec> wishes;
  const std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value()) {
    return wishes;
  }
  Values values;
  if (const auto* legacy = config->Get<config::v1alpha1::LegacyConfig>(); legacy != nullptr) {
    Take(legacy->machine().sysctls(), kSysctl, values);
    Take(legacy->machine().sysfs(), kSysfs, values);
  }
  for (const auto* document : config->All<config::v1alpha1::SysctlConfig>()) {
    Take(document->params(), kSysctl, values);
  }
  for (const auto* document : config->All<config::v1alpha1::SysfsConfig>()) {
    Take(document->params(), kSysfs, values);
  }
  for (auto& [id, value] : values) {
    runtime::KernelParamSpec::Spec wish;
    wish.set_value(std::move(value));
    wishes.Add(id, std::move(wish));
  }
  return wishes;
}

absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseHardening(
    const All<runtime::KernelParamDefaultSpec>& defaults,
    const All<runtime::KernelParamSpec>& wishes) {
  runtime::Diagnostic::Spec diagnostic;
  diagnostic.set_message("the config changes kernel parameters that harden the system");
  for (const std::string_view key : kHardening) {
    const std::string id = std::string(kSysctl) + std::string(key);
    const auto usual = defaults.find(id);
    for (const auto& wish : wishes) {
      if (usual != defaults.end() && ParameterPath(wish.id()) == ParameterPath(id) &&
          wish.spec().value() != usual->spec().value()) {
        diagnostic.add_details(
            std::format("{}: {} instead of {}", key, wish.spec().value(), usual->spec().value()));
      }
    }
  }
  Desired<runtime::Diagnostic> diagnostics;
  if (!diagnostic.details().empty()) {
    diagnostics.Add("kernel-hardening", std::move(diagnostic));
  }
  return diagnostics;
}

}  // namespace ichor
