// What the kernel and the firmware say about how the machine was started.
#pragma once

#include <string>
#include <string_view>

#include "lib/early/kernel_parameters.h"
#include "lib/runtime/rows.h"
#include "lib/sys/sysfs.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

// "proc.sys.kernel.panic"
std::string KernelParameterId(const early::KernelParameter& parameter);

// The value of a variable in efivarfs, behind its four bytes of attributes, as text in UTF-8: it
// is UTF-16 up to a zero. Empty if `file` is too short.
std::string EfiText(std::string_view file);

// Secure Boot, UKI, SELinux, FIPS, module signatures. Blocks while the firmware answers.
Report<runtime::SecurityState> ReadSecurityState(sys::Sysfs& sysfs);

// The entry that the boot loader chose: what it says itself under UEFI, else the slot of the
// command line. No row if neither says one.
Report<runtime::BootedEntry> ReadBootedEntry(sys::Sysfs& sysfs, std::string_view command_line);

// Modules that are loaded now.
Desired<runtime::LoadedKernelModule> ReadLoadedModules(sys::Sysfs& sysfs);

// Those, and the ones that are part of the kernel.
Desired<runtime::KernelModuleStatus> ReadModuleStatuses(sys::Sysfs& sysfs);

}  // namespace ichor
