// Which links the config means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ichor/network.pb.h"
#include "networkd/link/names.h"

namespace ichor::networkd {

// Whether `text` fits the pattern: * stands for any characters, ? for one.
bool FitsPattern(std::string_view pattern, std::string_view text);

// Whether all that is set fits the link. A selector without anything fits none.
bool Fits(const definitions::LinkSelector& selector, const network::LinkStatus::Spec& link);

// The names of the links that are meant, as the kernel calls them now. A name that no link has
// stands for itself; a selector that fits none, for nothing.
std::vector<std::string> LinksMeant(const definitions::LinkReference& which, const Links& links);

// "eth0.7". A parent too long for that is cut to four characters and six digits of its hash, so
// that the name has 15 characters at most.
std::string VlanName(const std::string& parent, std::uint32_t id);

}  // namespace ichor::networkd
