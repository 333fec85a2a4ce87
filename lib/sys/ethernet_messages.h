// ethtool's messages of generic netlink. Part of linux_ethernet.h.
#pragma once

#include <libmnl/libmnl.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lib/sys/ethernet.h"

namespace ichor::sys {

// Asks for what `command` (ETHTOOL_MSG_*_GET) tells of all links.
void FillEthernetRequest(nlmsghdr& message, std::uint8_t command);
// Adds what one reply says of a link. What makes no sense is passed over.
void AddEthernetPart(const nlmsghdr& message, std::map<std::uint32_t, EthernetState>& links);

// Whether `command` (ETHTOOL_MSG_RINGS_SET or ETHTOOL_MSG_CHANNELS_SET) has any of `settings`, and
// the message that sets those.
bool HasEthernetSettings(std::uint8_t command, const EthernetSettings& settings);
void FillEthernetSettings(nlmsghdr& message, std::uint8_t command, std::uint32_t link,
                          const EthernetSettings& settings);
void FillEthernetFeatures(nlmsghdr& message, std::uint32_t link,
                          const std::map<std::string, bool>& features);
void FillEthernetWake(nlmsghdr& message, std::uint32_t link, const std::vector<std::string>& modes);

}  // namespace ichor::sys
