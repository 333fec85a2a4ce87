// Wishes of the config's layer, one at a time. Link names are left empty: see NetworkDevice.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/common.pb.h"
#include "ichor/network.pb.h"

namespace ichor {

inline constexpr std::uint32_t kDefaultRouteMetric = 1024;

// The address of "10.0.0.5/24"; of one without a length, alone in its subnet. Nothing if the text
// is neither.
std::optional<talos::resource::definitions::network::AddressSpecSpec> ConfiguredAddress(
    std::string_view text);

// A route as both forms of the config have it. Nothing without a destination and a gateway.
struct RouteText {
  std::string_view destination;  // empty: everything
  std::string_view gateway;      // empty: on the link
  std::string_view source;
  std::uint32_t metric = 0;  // 0: 1024
  std::uint32_t mtu = 0;
  std::uint32_t table = 0;  // 0: main
};
std::optional<talos::resource::definitions::network::RouteSpecSpec> ConfiguredRoute(
    const RouteText& text);

// DHCP that identifies itself by the hardware address. Metric 0: 1024.
talos::resource::definitions::network::OperatorSpecSpec ConfiguredDhcp4(std::uint32_t route_metric);
talos::resource::definitions::network::OperatorSpecSpec ConfiguredDhcp6(std::uint32_t route_metric);

// A link that is up; with a kind, one that is made.
talos::resource::definitions::network::LinkSpecSpec ConfiguredLink(std::string_view kind = "");

}  // namespace ichor
