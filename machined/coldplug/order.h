// Which devices are announced to udevd before all others.
#pragma once

#include <string_view>

namespace ichor::coldplug {

// Whether the modalias is that of a network card: what the node's API is reached by.
bool IsNetworkCard(std::string_view modalias);

// Whether a datagram of udevd says that it is done with an event that was written with this UUID.
bool IsAbout(std::string_view datagram, std::string_view uuid);

}  // namespace ichor::coldplug
