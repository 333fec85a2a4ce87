#include "machined/arguments/policy.h"

#include <algorithm>
#include <format>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "config/legacy.pb.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

constexpr std::string_view kField = "machine.install.extraKernelArgs";
// A GRUB script gives these a meaning, and the kernel the quote.
constexpr std::string_view kSpecial = "\"$'\\`";
constexpr std::string_view kOurs = "ichor.";  // which slot, from which disk: the loaders' own

std::vector<std::string> Words(std::string_view line) {
  return absl::StrSplit(std::string(line), absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
}

absl::Status Refuse(std::string_view argument, std::string_view expected) {
  return absl::InvalidArgumentError(
      std::format("{}: \"{}\", expected {}", kField, argument, expected));
}

absl::Status Check(const std::string& argument) {
  const bool plain = std::ranges::all_of(argument, [](char letter) {
    return absl::ascii_isprint(static_cast<unsigned char>(letter)) && !kSpecial.contains(letter);
  });
  if (!plain) {
    return Refuse(argument, "printable ASCII without quotes, dollar signs and backslashes");
  }
  if (argument.starts_with(kOurs)) {
    return Refuse(argument, "an argument that the loaders do not give themselves (ichor.*)");
  }
  return absl::OkStatus();
}

std::string CannotRemove(std::string_view argument) {
  return std::format(
      "{}: \"{}\" is left out: an argument of the image cannot be taken away; the last one of a "
      "name counts, so give it another value",
      kField, argument);
}

}  // namespace

absl::StatusOr<KernelArguments> KernelArgumentsOf(const config::Config& config) {
  KernelArguments arguments;
  const auto* const legacy = config.Get<config::v1alpha1::LegacyConfig>();
  if (legacy == nullptr) {
    return arguments;
  }
  for (const std::string& argument : legacy->machine().install().extra_kernel_args()) {
    for (std::string& word : Words(argument)) {
      if (absl::Status checked = Check(word); !checked.ok()) {
        return checked;
      }
      if (word.starts_with('-')) {
        arguments.left_out.push_back(CannotRemove(word));
      } else {
        arguments.words.push_back(std::move(word));
      }
    }
  }
  const std::size_t bytes = absl::StrJoin(arguments.words, " ").size();
  if (bytes > kMostArgumentBytes) {
    return absl::InvalidArgumentError(
        std::format("{}: {} bytes, expected {} at most", kField, bytes, kMostArgumentBytes));
  }
  return arguments;
}

std::vector<std::string> ArgumentsNotIn(std::string_view command_line,
                                        const std::vector<std::string>& words) {
  const std::vector<std::string> given = Words(command_line);
  const std::set<std::string> known(given.begin(), given.end());
  std::vector<std::string> missing;
  std::ranges::copy_if(words, std::back_inserter(missing),
                       [&](const std::string& word) { return !known.contains(word); });
  return missing;
}

std::vector<std::string> WarnOfArguments(const config::Config& config,
                                         std::string_view command_line) {
  absl::StatusOr<KernelArguments> arguments = KernelArgumentsOf(config);
  if (!arguments.ok()) {
    return {};
  }
  std::vector<std::string> warnings = std::move(arguments->left_out);
  const std::vector<std::string> missing = ArgumentsNotIn(command_line, arguments->words);
  if (!missing.empty()) {
    warnings.push_back(std::format(
        "{}: the kernel that runs was not given \"{}\": arguments are written with a slot, by an "
        "install onto another disk or the next upgrade",
        kField, absl::StrJoin(missing, " ")));
  }
  return warnings;
}

absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseArguments(
    const All<config::MachineConfig>& configs, const All<runtime::KernelCmdline>& command_lines) {
  Desired<runtime::Diagnostic> diagnostics;
  const std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value() || command_lines.empty()) {
    return diagnostics;
  }
  const std::vector<std::string> warnings =
      WarnOfArguments(*config, command_lines.front().spec().cmdline());
  if (!warnings.empty()) {
    runtime::Diagnostic::Spec row;
    row.set_message("the kernel runs without arguments that the config asks for");
    row.mutable_details()->Assign(warnings.begin(), warnings.end());
    diagnostics.Add("kernel-arguments", std::move(row));
  }
  return diagnostics;
}

}  // namespace ichor
