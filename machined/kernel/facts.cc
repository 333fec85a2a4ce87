#include "machined/kernel/facts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "lib/base/utf8.h"
#include "lib/early/command_line.h"
#include "machined/kernel/modules.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;

constexpr std::string_view kEfiVariables = "/sys/firmware/efi/efivars/";
constexpr std::string_view kGlobalGuid = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";
constexpr std::string_view kLoaderGuid = "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";
constexpr size_t kEfiLimitBytes = 65'536;
constexpr size_t kEfiAttributesBytes = 4;
constexpr size_t kModulesLimitBytes = 4UL * 1024 * 1024;

absl::StatusOr<std::string> EfiVariable(sys::Sysfs& sysfs, std::string_view name,
                                        std::string_view guid) {
  std::string path(kEfiVariables);
  path += name;
  path += guid;
  return sysfs.Read(path, kEfiLimitBytes);
}

bool IsSecureBoot(sys::Sysfs& sysfs) {
  const absl::StatusOr<std::string> value = EfiVariable(sysfs, "SecureBoot", kGlobalGuid);
  return value.ok() && value->size() > kEfiAttributesBytes && (*value)[kEfiAttributesBytes] == 1;
}

// "none [integrity] confidentiality": the mode in brackets holds. Integrity implies signatures.
bool AreModulesVerified(sys::Sysfs& sysfs) {
  const std::string lockdown = sys::ReadAttribute(sysfs, "/sys/kernel/security/lockdown");
  return lockdown.contains("[integrity]") || lockdown.contains("[confidentiality]") ||
         sys::ReadAttribute(sysfs, "/sys/module/module/parameters/sig_enforce") == "Y";
}

enums::RuntimeSELinuxState SelinuxState(sys::Sysfs& sysfs) {
  const std::string enforce = sys::ReadAttribute(sysfs, "/sys/fs/selinux/enforce");
  if (enforce.empty()) {
    return enums::SE_LINUX_STATE_DISABLED;
  }
  return enforce == "1" ? enums::SE_LINUX_STATE_ENFORCING : enums::SE_LINUX_STATE_PERMISSIVE;
}

std::vector<KernelModule> LoadedModules(sys::Sysfs& sysfs) {
  return ParseModules(sysfs.Read("/proc/modules", kModulesLimitBytes).value_or(std::string()));
}

}  // namespace

std::string KernelParameterId(const early::KernelParameter& parameter) {
  std::string id = "proc.sys." + std::string(parameter.path);
  std::ranges::replace(id, '/', '.');
  return id;
}

std::string EfiText(std::string_view file) {
  std::string text;
  for (size_t at = kEfiAttributesBytes; at + 1 < file.size(); at += 2) {
    const auto unit = static_cast<char32_t>(static_cast<unsigned char>(file[at]) |
                                            static_cast<unsigned char>(file[at + 1]) << 8);
    if (unit == 0) {
      break;
    }
    constexpr char32_t kReplacement = 0xfffd;
    base::AppendRune(unit >= 0xd800 && unit <= 0xdfff ? kReplacement : unit, text);
  }
  return text;
}

Report<runtime::SecurityState> ReadSecurityState(sys::Sysfs& sysfs) {
  runtime::SecurityState::Spec state;
  state.set_secure_boot(IsSecureBoot(sysfs));
  state.set_booted_with_uki(EfiVariable(sysfs, "StubInfo", kLoaderGuid).ok());
  state.set_selinux_state(SelinuxState(sysfs));
  state.set_fips_state(sys::ReadNumber(sysfs, "/proc/sys/crypto/fips_enabled") == 1
                           ? talos::resource::definitions::enums::FIPS_STATE_ENABLED
                           : talos::resource::definitions::enums::FIPS_STATE_DISABLED);
  state.set_module_signature_enforced(AreModulesVerified(sysfs));
  Report<runtime::SecurityState> report;
  report.Add("securitystate", std::move(state));
  return report;
}

Report<runtime::BootedEntry> ReadBootedEntry(sys::Sysfs& sysfs, std::string_view command_line) {
  Report<runtime::BootedEntry> report;
  const auto variable = EfiVariable(sysfs, "LoaderEntrySelected", kLoaderGuid);
  std::string entry = variable.ok() ? EfiText(*variable) : std::string();
  if (entry.empty()) {
    entry = early::FindValue(command_line, "ichor.slot").value_or("");
  }
  if (!entry.empty()) {
    runtime::BootedEntry::Spec row;
    row.set_booted_entry(std::move(entry));
    report.Add("bootedentry", std::move(row));
  }
  return report;
}

Desired<runtime::LoadedKernelModule> ReadLoadedModules(sys::Sysfs& sysfs) {
  Desired<runtime::LoadedKernelModule> rows;
  for (const KernelModule& module : LoadedModules(sysfs)) {
    runtime::LoadedKernelModule::Spec row;
    row.set_size(module.size_bytes);
    row.set_reference_count(module.references);
    row.mutable_dependencies()->Add(module.dependents.begin(), module.dependents.end());
    row.set_state(module.state);
    row.set_address(module.address);
    rows.Add(module.name, std::move(row));
  }
  return rows;
}

Desired<runtime::KernelModuleStatus> ReadModuleStatuses(sys::Sysfs& sysfs) {
  Desired<runtime::KernelModuleStatus> rows;
  std::set<std::string> loaded;
  for (const KernelModule& module : LoadedModules(sysfs)) {
    runtime::KernelModuleStatus::Spec row;
    row.set_type(enums::KERNEL_MODULE_TYPE_DYNAMIC);
    row.set_size(module.size_bytes);
    row.set_reference_count(module.references);
    row.mutable_dependencies()->Add(module.dependents.begin(), module.dependents.end());
    row.set_state(module.state == "Live"      ? enums::KERNEL_MODULE_STATE_LIVE
                  : module.state == "Loading" ? enums::KERNEL_MODULE_STATE_LOADING
                                              : enums::KERNEL_MODULE_STATE_UNLOADING);
    row.set_address(module.address);
    rows.Add(module.name, std::move(row));
    loaded.insert(module.name);
  }
  const std::string release = sys::ReadAttribute(sysfs, "/proc/sys/kernel/osrelease");
  const auto builtin =
      sysfs.Read("/usr/lib/modules/" + release + "/modules.builtin", kModulesLimitBytes);
  for (const std::string& name : ParseBuiltinModules(builtin.value_or(std::string()))) {
    if (!loaded.contains(name)) {
      runtime::KernelModuleStatus::Spec row;
      row.set_type(enums::KERNEL_MODULE_TYPE_BUILTIN);
      row.set_state(enums::KERNEL_MODULE_STATE_BUILTIN);
      rows.Add(name, std::move(row));
    }
  }
  return rows;
}

}  // namespace ichor
