#include "machined/kernel/register.h"

#include <string>
#include <string_view>
#include <utility>

#include "lib/resource/utf8_text.h"
#include "machined/kernel/facts.h"
#include "machined/kernel/policy.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

constexpr std::string_view kSource = "kernel.facts";

void PublishFacts(Runtime& runtime, sys::Sysfs& sysfs, const SystemVersion& version) {
  runtime::KernelCmdline::Spec command_line;
  command_line.set_cmdline(Utf8Text(sys::ReadAttribute(sysfs, "/proc/cmdline")));
  runtime.Publish<runtime::KernelCmdline>(kSource, {{"cmdline", std::move(command_line)}});
  runtime::BootID::Spec boot_id;
  boot_id.set_boot_id(sys::ReadAttribute(sysfs, "/proc/sys/kernel/random/boot_id"));
  runtime.Publish<runtime::BootID>(kSource, {{"boot-id", std::move(boot_id)}});
  Desired<runtime::KernelParamDefaultSpec> parameters;
  for (const early::KernelParameter& parameter : early::kKernelParameters) {
    runtime::KernelParamDefaultSpec::Spec spec;
    spec.set_value(parameter.value);
    spec.set_ignore_errors(true);  // init goes on, whatever this kernel has
    parameters.Add(KernelParameterId(parameter), std::move(spec));
  }
  runtime.Publish<runtime::KernelParamDefaultSpec>(kSource, std::move(parameters));
  runtime::Version::Spec row;
  row.set_name(version.name);
  row.set_version(version.tag);
  runtime.Publish<runtime::Version>(kSource, {{"version", std::move(row)}});
}

}  // namespace

void RegisterKernel(Runtime& runtime, sys::Sysfs& sysfs, const SystemVersion& version) {
  using runtime::KernelCmdline;
  PublishFacts(runtime, sysfs, version);
  runtime.Reconcile("kernel.describe-platform", DescribePlatform);
  runtime.Reconcile("kernel.diagnose-platform", DiagnosePlatform);
  runtime.Actuate<KernelCmdline>("kernel.read-security", [&sysfs](const All<KernelCmdline>&) {
    return ReadSecurityState(sysfs);
  });
  runtime.Actuate<KernelCmdline>("kernel.read-entry", [&sysfs](const All<KernelCmdline>& lines) {
    return ReadBootedEntry(sysfs, lines.empty() ? "" : lines.front().spec().cmdline());
  });
}

}  // namespace ichor
