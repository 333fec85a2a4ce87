#include "lib/config/migrate/disk_expression.h"

#include <array>
#include <string_view>
#include <utility>

#include "lib/config/size_text.h"
#include "lib/config/yaml.h"
#include "lib/yaml/scalar.h"

namespace ichor::config {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// Properties that are compared with a pattern, and what they are called in the expression.
constexpr std::array<Pair, 6> kPatterns = {{{"model", "model"},
                                            {"serial", "serial"},
                                            {"modalias", "modalias"},
                                            {"uuid", "uuid"},
                                            {"wwid", "wwid"},
                                            {"busPath", "bus_path"}}};

constexpr std::array<Pair, 4> kTypes = {{{"nvme", "disk.transport == \"nvme\""},
                                         {"sd", "disk.transport == \"mmc\""},
                                         {"hdd", "disk.rotational"},
                                         {"ssd", "!disk.rotational"}}};

std::string Quoted(std::string_view text) {
  std::string quoted;
  yml::AppendDoubleQuoted(text, quoted);
  return quoted;
}

absl::StatusOr<std::string> Term(const Node& property) {
  if (property.key == "size") {
    const auto match = ParseSizeMatch(property.text);
    if (!match) return absl::InvalidArgumentError("a size that is none");
    return Cat("disk.size ", match->op, " ", match->bytes, "u");
  }
  for (const auto& [key, name] : kPatterns) {
    if (property.key == key) return Cat("glob(", Quoted(property.text), ", disk.", name, ")");
  }
  for (const auto& [type, expression] : kTypes) {
    if (property.key == "type" && property.text == type) return std::string(expression);
  }
  return absl::InvalidArgumentError(Cat(property.key, " has no equivalent"));
}

}  // namespace

std::string DiskExpression(std::string_view path) {
  return Cat("disk.dev_path == ", Quoted(path));
}

absl::StatusOr<std::string> DiskExpression(const Node& selector) {
  std::string expression;
  for (const Node& property : selector.children) {
    if (property.IsNull() || property.text.empty()) continue;
    absl::StatusOr<std::string> term = Term(property);
    if (!term.ok()) return term;
    expression += *term + " && ";
  }
  return expression + "disk.transport != \"\" && !disk.readonly && !disk.cdrom";
}

}  // namespace ichor::config
