#include "machined/kubernetes/arguments.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <optional>
#include <ranges>
#include <utility>

#include "lib/config/kubernetes_version.h"

namespace ichor {
namespace {

const MergeRule* RuleOf(std::string_view flag, std::span<const MergeRule> rules) {
  const auto found = std::ranges::find_if(rules, [flag](const MergeRule& rule) {
    return rule.flag.ends_with('*') ? flag.starts_with(rule.flag.substr(0, rule.flag.size() - 1))
                                    : flag == rule.flag;
  });
  return found == rules.end() ? nullptr : &*found;
}

void AddItems(const std::vector<std::string>& values, std::vector<std::string>& items) {
  for (const std::string& value : values) {
    for (const auto part : std::views::split(value, ',')) {
      std::string item(part.begin(), part.end());
      if (!item.empty() && !std::ranges::contains(items, item)) {
        items.push_back(std::move(item));
      }
    }
  }
}

std::string Joined(const std::vector<std::string>& ours, const std::vector<std::string>& extra) {
  std::vector<std::string> items;
  AddItems(ours, items);
  AddItems(extra, items);
  std::string joined;
  for (const std::string& item : items) {
    joined += (joined.empty() ? "" : ",") + item;
  }
  return joined;
}

// Of "v1.36.2-slim".
std::optional<std::uint32_t> MinorOf(std::string_view tag) {
  constexpr std::string_view kMajor = "v1.";
  if (!tag.starts_with(kMajor)) {
    return std::nullopt;
  }
  tag.remove_prefix(kMajor.size());
  std::uint32_t minor = 0;
  const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), minor);
  return error == std::errc() ? std::optional(minor) : std::nullopt;
}

}  // namespace

absl::StatusOr<Arguments> MergeArguments(Arguments ours, const Arguments& extra,
                                         std::span<const MergeRule> rules) {
  for (const auto& [flag, values] : extra) {
    const MergeRule* const rule = RuleOf(flag, rules);
    if (rule == nullptr) {
      ours[flag] = values;
    } else if (rule->kind == MergeRule::Kind::kDenied) {
      return absl::InvalidArgumentError(std::format("extra arg \"{}\" is not allowed", flag));
    } else {
      ours[flag] = {Joined(ours[flag], values)};
    }
  }
  return ours;
}

std::vector<std::string> ToFlags(const Arguments& arguments) {
  std::vector<std::string> flags;
  for (const auto& [flag, values] : arguments) {
    for (const std::string& value : values) {
      flags.push_back(std::format("--{}={}", flag, value));
    }
  }
  return flags;
}

std::string_view TagOf(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const size_t colon = image.rfind(':');
  if (colon == std::string_view::npos || image.find('/', colon) != std::string_view::npos) {
    return {};
  }
  return image.substr(colon + 1);
}

std::uint32_t KubernetesMinor(std::string_view image) {
  return MinorOf(TagOf(image)).value_or(MinorOf(config::kDefaultKubernetesVersion).value_or(0));
}

}  // namespace ichor
