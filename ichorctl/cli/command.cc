#include "ichorctl/cli/command.h"

#include <algorithm>
#include <format>

#include "absl/strings/str_join.h"

namespace ichor::ctl {

const Command* FindCommand(const Command& parent, std::string_view name) {
  const auto found = std::ranges::find_if(parent.commands, [&](const Command& command) {
    return command.name == name || std::ranges::contains(command.aliases, name);
  });
  return found == parent.commands.end() ? nullptr : &*found;
}

std::string DefaultOf(const Flag& flag) {
  if (!flag.shown_default.empty()) {
    return flag.shown_default;
  }
  if (const auto* const on = std::get_if<bool*>(&flag.target)) {
    return **on ? "true" : "";
  }
  if (const auto* const number = std::get_if<int*>(&flag.target)) {
    return std::to_string(**number);
  }
  if (const auto* const text = std::get_if<std::string*>(&flag.target)) {
    return **text;
  }
  return absl::StrJoin(*std::get<std::vector<std::string>*>(flag.target), ",");
}

bool IsSwitch(const Flag& flag) {
  return std::holds_alternative<bool*>(flag.target);
}

}  // namespace ichor::ctl
