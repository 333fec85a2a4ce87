// Which link a configured name means.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/runtime/rows.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

using Links = All<network::LinkStatus>;

// A network card: Ethernet, and not made by the kernel.
bool IsPhysical(const network::LinkStatus::Spec& link);

struct ResolvedLink {
  std::string name;  // as the kernel calls it now
  std::uint32_t index = 0;
  // The name means it only because it is the machine's single network card: worth a warning.
  bool guessed = false;
};

// The link of this name, alternative name, alias, or hardware address ("enx" and 12 hex digits). A
// name that the kernel gives to first cards (eth0) and no link has means the only physical link, if
// there is just one. Nothing if there is no such link.
std::optional<ResolvedLink> ResolveLink(const Links& links, std::string_view name);

}  // namespace ichor::networkd
