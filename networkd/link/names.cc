#include "networkd/link/names.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"

namespace ichor::networkd {
namespace {

constexpr std::string_view kFirstCard = "eth0";

// "enx525400123456", as udev names links without a place of their own.
bool HasAddressName(const network::LinkStatus::Spec& link, std::string_view name) {
  constexpr std::string_view kPrefix = "enx";
  return name.starts_with(kPrefix) && !link.hardware_addr().empty() &&
         absl::BytesToHexString(link.hardware_addr()) == std::string(name.substr(kPrefix.size()));
}

}  // namespace

bool IsPhysical(const network::LinkStatus::Spec& link) {
  return link.type() == talos::resource::definitions::enums::LINK_ETHER && link.kind().empty();
}

std::optional<ResolvedLink> ResolveLink(const Links& links, std::string_view name) {
  if (const auto link = links.find(name); link != links.end()) {
    return ResolvedLink{.name = link->id(), .index = link->spec().index()};
  }
  std::vector<ResolvedLink> cards;
  for (const auto& link : links) {
    ResolvedLink resolved{.name = link.id(), .index = link.spec().index()};
    if ((!name.empty() && link.spec().alias() == name) ||
        std::ranges::contains(link.spec().alt_names(), name) || HasAddressName(link.spec(), name)) {
      return resolved;
    }
    if (IsPhysical(link.spec())) {
      cards.push_back(std::move(resolved));
    }
  }
  if (name != kFirstCard || cards.size() != 1) {
    return std::nullopt;
  }
  cards.front().guessed = true;
  return std::move(cards.front());
}

}  // namespace ichor::networkd
