#include "machined/cri/merge_toml.h"

#include <algorithm>
#include <format>
#include <span>
#include <sstream>
#include <utility>

#include "lib/base/hex.h"
#include "lib/base/status.h"
#include "lib/early/sha256.h"

// The library's choice: errors are values.
#define TOML_EXCEPTIONS 0
#include "toml++/toml.hpp"

namespace ichor {
namespace {

absl::StatusOr<toml::table> Read(const TomlPart& part) {
  toml::parse_result read = toml::parse(part.text);
  if (!read) {
    return absl::InvalidArgumentError(std::format(
        "{}:{}: {}", part.origin, read.error().source().begin.line, read.error().description()));
  }
  return std::move(read).table();
}

void AddMissing(toml::array& list, const toml::array& more) {
  for (const toml::node& element : more) {
    const bool there = std::ranges::any_of(list, [&element](const toml::node& other) {
      return toml::node_view<const toml::node>(other) == toml::node_view<const toml::node>(element);
    });
    if (!there) {
      list.push_back(element);
    }
  }
}

// Recursion ends where the parser ended it: it refuses what is nested deeper than 256 levels.
void Merge(toml::table& into, const toml::table& from) {
  for (const auto& [key, value] : from) {
    toml::node* const there = into.get(key);
    if (there != nullptr && there->is_table() && value.is_table()) {
      Merge(*there->as_table(), *value.as_table());
    } else if (there != nullptr && there->is_array() && value.is_array()) {
      AddMissing(*there->as_array(), *value.as_array());
    } else {
      into.insert_or_assign(key, value);
    }
  }
}

std::string HeaderOf(const TomlPart& part) {
  return std::format("## {} (sha256:{})\n", part.origin,
                     base::Hex(early::Sha256Of(std::as_bytes(std::span(part.text)))));
}

}  // namespace

absl::Status CheckToml(const TomlPart& part) {
  return Read(part).status();
}

absl::StatusOr<std::string> MergeToml(std::span<const TomlPart> parts) {
  std::ostringstream text;
  toml::table merged;
  for (const TomlPart& part : parts) {
    ASSIGN_OR_RETURN(const toml::table table, Read(part));
    Merge(merged, table);
    text << HeaderOf(part);
  }
  text << "\n" << toml::toml_formatter(merged) << "\n";
  return std::move(text).str();
}

}  // namespace ichor
