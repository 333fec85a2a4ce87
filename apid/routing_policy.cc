#include "apid/routing_policy.h"

#include <algorithm>
#include <array>
#include <format>
#include <string_view>

namespace ichor::apid {
namespace {

constexpr std::string_view kNode = "node";
constexpr std::string_view kNodes = "nodes";
constexpr std::string_view kRole = "talos-role";
constexpr std::array<std::string_view, 4> kNotPassedOn = {kNode, kNodes, kRole, "proxyfrom"};

}  // namespace

absl::Status CheckTarget(const Headers& headers, const std::set<std::string>& own) {
  const auto count = std::ranges::count(headers, kNode, &Headers::value_type::first);
  if (count > 1) {
    return absl::InvalidArgumentError(
        std::format("metadata \"node\": expected one value, got {}", count));
  }
  const auto many = std::ranges::count(headers, kNodes, &Headers::value_type::first);
  for (const auto& [name, value] : headers) {
    if ((name == kNode || name == kNodes) && (many > 1 || !own.contains(value))) {
      return absl::PermissionDeniedError("no request forwarding");
    }
  }
  return absl::OkStatus();
}

Headers HeadersForMachined(const Headers& headers, const std::vector<std::string>& roles) {
  Headers passed;
  passed.reserve(headers.size() + roles.size());
  for (const auto& header : headers) {
    if (std::ranges::find(kNotPassedOn, header.first) == kNotPassedOn.end()) {
      passed.push_back(header);
    }
  }
  for (const std::string& role : roles) {
    passed.emplace_back(kRole, role);
  }
  return passed;
}

}  // namespace ichor::apid
