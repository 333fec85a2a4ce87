// The text of network addresses, as Go's net and net/netip packages write it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/common.pb.h"

namespace ichor {

// "10.0.0.1", "fe80::1%eth0"; "" for an address without bytes. Bytes that are no address:
// "invalid:" and their hex.
std::string ToText(const common::NetIP& address);

// "10.0.0.1:80", "[fe80::1%eth0]:80"
std::string ToText(const common::NetIPPort& endpoint);

// "10.0.0.1/24"
std::string ToText(const common::NetIPPrefix& prefix);

// The other way round; nothing if `text` is no such thing. "" gives an empty message.
std::optional<common::NetIP> ParseNetIP(std::string_view text);
std::optional<common::NetIPPort> ParseNetIPPort(std::string_view text);
std::optional<common::NetIPPrefix> ParseNetIPPrefix(std::string_view text);

// "52:54:00:12:34:56"; "" for no bytes.
std::string HardwareAddressToText(std::string_view bytes);
std::optional<std::string> ParseHardwareAddress(std::string_view text);

}  // namespace ichor
