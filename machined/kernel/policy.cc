#include "machined/kernel/policy.h"

#include <algorithm>
#include <array>
#include <format>
#include <string>
#include <string_view>
#include <utility>

#include "lib/early/command_line.h"
#include "machined/sources/plan.h"

namespace ichor {
namespace {

constexpr std::string_view kMetal = "metal";
constexpr std::string_view kNocloud = "nocloud";
constexpr std::string_view kHcloud = "hcloud";
constexpr std::array kPlatforms = {kMetal, kNocloud, kHcloud};

std::string_view LineOf(const All<runtime::KernelCmdline>& command_lines) {
  return command_lines.empty() ? std::string_view()
                               : std::string_view(command_lines.front().spec().cmdline());
}

}  // namespace

absl::StatusOr<Desired<runtime::PlatformMetadata>> DescribePlatform(
    const All<runtime::KernelCmdline>& command_lines,
    const All<hardware::SystemInformation>& systems, const All<network::PlatformConfig>& configs) {
  if (command_lines.empty()) {
    return Desired<runtime::PlatformMetadata>();
  }
  const std::string_view line = LineOf(command_lines);
  runtime::PlatformMetadata::Spec platform;
  const std::string name(PlatformOf(line));
  if (name == kMetal) {
    platform.set_hostname(std::string(early::FindValue(line, "talos.hostname").value_or("")));
    if (!systems.empty()) {
      platform.set_instance_id(systems.front().spec().uuid());
    }
  }
  if (!configs.empty()) {  // the active one comes first
    platform.MergeFrom(configs.front().spec().metadata());
  }
  platform.set_platform(name);
  return Desired<runtime::PlatformMetadata>{{"platformmetadata", std::move(platform)}};
}

absl::StatusOr<Desired<runtime::Diagnostic>> DiagnosePlatform(
    const All<runtime::KernelCmdline>& command_lines) {
  Desired<runtime::Diagnostic> diagnostics;
  const std::string_view platform = PlatformOf(LineOf(command_lines));
  if (std::ranges::find(kPlatforms, platform) == kPlatforms.end()) {
    runtime::Diagnostic::Spec row;
    row.set_message("the kernel argument talos.platform names a platform that is not known");
    row.add_details(std::format("talos.platform={}", platform));
    diagnostics.Add("platform", std::move(row));
  }
  return diagnostics;
}

}  // namespace ichor
