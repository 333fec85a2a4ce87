#include "machined/kernel/modules.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

namespace ichor {
namespace {

// What stands before the next `separator`, both of which `text` loses.
std::string_view Take(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

std::optional<std::int64_t> ParseNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

// name size references dependents state address [taint]. No references stand as "-" where the
// kernel cannot unload modules; no dependents stand as "-", others each end in a comma.
std::optional<KernelModule> ParseLine(std::string_view line) {
  KernelModule module;
  module.name = Take(line, ' ');
  const std::optional<std::int64_t> size = ParseNumber(Take(line, ' '));
  module.references = ParseNumber(Take(line, ' ')).value_or(0);
  std::string_view dependents = Take(line, ' ');
  module.state = Take(line, ' ');
  module.address = Take(line, ' ');
  if (!size.has_value() || module.name.empty() || module.state.empty()) {
    return std::nullopt;
  }
  module.size_bytes = *size;
  while (dependents != "-" && !dependents.empty()) {
    module.dependents.emplace_back(Take(dependents, ','));
  }
  return module;
}

}  // namespace

std::vector<KernelModule> ParseModules(std::string_view text) {
  std::vector<KernelModule> modules;
  while (!text.empty()) {
    if (auto module = ParseLine(Take(text, '\n')); module.has_value()) {
      modules.push_back(*std::move(module));
    }
  }
  return modules;
}

std::vector<std::string> ParseBuiltinModules(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    std::string_view line = Take(text, '\n');
    line.remove_prefix(line.rfind('/') + 1);
    const std::string_view name = line.substr(0, line.find('.'));
    if (!name.empty()) {
      std::string& added = names.emplace_back(name);
      std::ranges::replace(added, '-', '_');  // as loaded modules are called
    }
  }
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

}  // namespace ichor
