#include "machined/environment/policy.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <format>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "config/legacy.pb.h"
#include "config/runtime.pb.h"
#include "lib/early/command_line.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

constexpr size_t kMostVariables = 64;
constexpr size_t kMostBytes = 8 << 10;

using Variables = std::map<std::string, std::string>;

bool IsName(std::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(name.front())) &&
         std::ranges::all_of(name, [](char byte) {
           return absl::ascii_isalnum(static_cast<unsigned char>(byte)) || byte == '_';
         });
}

void TakeArguments(std::string_view line, Variables& variables) {
  while (const auto argument = early::NextArgument(line)) {
    if (argument->key == "talos.environment") {
      const size_t end = argument->value.find('=');
      variables[std::string(argument->value.substr(0, end))] =
          end == std::string_view::npos ? "" : std::string(argument->value.substr(end + 1));
    }
  }
}

template <class Map>
void Take(const Map& from, Variables& variables) {
  for (const auto& [name, value] : from) {
    variables[std::string(name)] = std::string(value);
  }
}

Variables AllVariables(std::string_view command_line, const config::Config* config) {
  Variables variables;
  TakeArguments(command_line, variables);
  if (config == nullptr) {
    return variables;
  }
  if (const auto* legacy = config->Get<config::v1alpha1::LegacyConfig>(); legacy != nullptr) {
    Take(legacy->machine().env(), variables);
  }
  for (const auto* document : config->All<config::v1alpha1::EnvironmentConfig>()) {
    Take(document->variables(), variables);
  }
  return variables;
}

// Why it is not given; empty if it is.
std::string Objection(const std::string& name, const std::string& value) {
  if (!IsName(name)) {
    return std::format(
        "\"{}\" is no name of a variable: it is made of letters, digits and '_', and starts with "
        "no digit",
        name);
  }
  if (name == "PATH") {
    return "PATH is the system's own";
  }
  return value.contains('\0') ? std::format("the value of {} contains a zero byte", name) : "";
}

std::string_view LineOf(const All<runtime::KernelCmdline>& command_lines) {
  return command_lines.empty() ? std::string_view()
                               : std::string_view(command_lines.front().spec().cmdline());
}

GivenEnvironment Given(const All<config::MachineConfig>& configs,
                       const All<runtime::KernelCmdline>& command_lines) {
  const std::optional<config::Config> config = ActiveConfig(configs);
  return EnvironmentOf(LineOf(command_lines), config.has_value() ? &*config : nullptr);
}

}  // namespace

GivenEnvironment EnvironmentOf(std::string_view command_line, const config::Config* config) {
  GivenEnvironment given;
  size_t bytes = 0;
  for (const auto& [name, value] : AllVariables(command_line, config)) {
    if (std::string objection = Objection(name, value); !objection.empty()) {
      given.left_out.push_back(std::move(objection));
      continue;
    }
    std::string variable = std::format("{}={}", name, value);
    if (given.variables.size() == kMostVariables || bytes + variable.size() > kMostBytes) {
      given.left_out.push_back(
          std::format("{} is too much: at most {} variables and {} bytes are given to services",
                      name, kMostVariables, kMostBytes));
      continue;
    }
    bytes += variable.size();
    given.variables.push_back(std::move(variable));
  }
  return given;
}

absl::StatusOr<Desired<runtime::Environment>> WantEnvironment(
    const All<config::MachineConfig>& configs, const All<boot::NodeStage>& stages,
    const All<runtime::KernelCmdline>& command_lines) {
  Desired<runtime::Environment> rows;
  if (stages.empty() || stages.front().spec().stage() == boot::NodeStage::Spec::STARTING) {
    return rows;
  }
  const GivenEnvironment given = Given(configs, command_lines);
  runtime::Environment::Spec row;
  row.mutable_variables()->Assign(given.variables.begin(), given.variables.end());
  rows.Add("machined", std::move(row));
  return rows;
}

absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseEnvironment(
    const All<config::MachineConfig>& configs, const All<runtime::KernelCmdline>& command_lines) {
  Desired<runtime::Diagnostic> diagnostics;
  const GivenEnvironment given = Given(configs, command_lines);
  if (!given.left_out.empty()) {
    runtime::Diagnostic::Spec diagnostic;
    diagnostic.set_message("not all environment variables are given to services");
    diagnostic.mutable_details()->Assign(given.left_out.begin(), given.left_out.end());
    diagnostics.Add("environment", std::move(diagnostic));
  }
  return diagnostics;
}

bool IsProxyVariable(std::string_view variable) {
  const std::string name =
      absl::AsciiStrToLower(std::string(variable.substr(0, variable.find('='))));
  return std::ranges::contains(
      std::array<std::string_view, 4>{"http_proxy", "https_proxy", "all_proxy", "no_proxy"}, name);
}

}  // namespace ichor
