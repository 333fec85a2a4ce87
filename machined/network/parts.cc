#include "machined/network/parts.h"

#include <string>

#include "lib/resource/address_text.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;
namespace network = talos::resource::definitions::network;

constexpr std::size_t kV4Bytes = 4;
constexpr std::uint32_t kPermanent = enums::ADDRESS_PERMANENT;

enums::NethelpersFamily FamilyOf(const std::string& bytes) {
  return bytes.size() == kV4Bytes ? enums::FAMILY_INET4 : enums::FAMILY_INET6;
}

bool IsMulticast(const std::string& bytes) {
  constexpr unsigned char kV4First = 0xe0;
  constexpr unsigned char kV4Mask = 0xf0;
  constexpr unsigned char kV6First = 0xff;
  if (bytes.empty()) return false;
  const auto first = static_cast<unsigned char>(bytes.front());
  return bytes.size() == kV4Bytes ? (first & kV4Mask) == kV4First : first == kV6First;
}

network::OperatorSpecSpec Operator(enums::NetworkOperator kind) {
  network::OperatorSpecSpec spec;
  spec.set_operator_(kind);
  spec.set_require_up(true);
  spec.set_config_layer(enums::CONFIG_MACHINE_CONFIGURATION);
  return spec;
}

std::uint32_t MetricOr(std::uint32_t metric) {
  return metric == 0 ? kDefaultRouteMetric : metric;
}

}  // namespace

std::optional<network::AddressSpecSpec> ConfiguredAddress(std::string_view text) {
  network::AddressSpecSpec spec;
  if (text.contains('/')) {
    const auto prefix = ParseNetIPPrefix(text);
    if (!prefix.has_value()) return std::nullopt;
    *spec.mutable_address() = *prefix;
  } else {
    const auto address = ParseNetIP(text);
    if (!address.has_value() || address->ip().empty()) return std::nullopt;
    spec.mutable_address()->set_ip(address->ip());
    spec.mutable_address()->set_prefix_length(static_cast<std::int32_t>(address->ip().size()) * 8);
  }
  spec.set_family(FamilyOf(spec.address().ip()));
  spec.set_scope(enums::SCOPE_GLOBAL);
  spec.set_flags(kPermanent);
  spec.set_config_layer(enums::CONFIG_MACHINE_CONFIGURATION);
  return spec;
}

std::optional<network::RouteSpecSpec> ConfiguredRoute(const RouteText& text) {
  const auto destination = ParseNetIPPrefix(text.destination);
  const auto gateway = ParseNetIP(text.gateway);
  const auto source = ParseNetIP(text.source);
  if (!destination.has_value() || !gateway.has_value() || !source.has_value() ||
      (destination->ip().empty() && gateway->ip().empty())) {
    return std::nullopt;
  }
  network::RouteSpecSpec spec;
  spec.set_family(FamilyOf(gateway->ip().empty() ? destination->ip() : gateway->ip()));
  if (destination->prefix_length() > 0) *spec.mutable_destination() = *destination;
  if (!gateway->ip().empty()) *spec.mutable_gateway() = *gateway;
  if (!source->ip().empty()) *spec.mutable_source() = *source;
  spec.set_table(text.table == 0 ? enums::TABLE_MAIN
                                 : static_cast<enums::NethelpersRoutingTable>(text.table));
  spec.set_priority(MetricOr(text.metric));
  spec.set_scope(gateway->ip().empty() ? enums::SCOPE_LINK : enums::SCOPE_GLOBAL);
  spec.set_type(IsMulticast(destination->ip()) ? enums::TYPE_MULTICAST : enums::TYPE_UNICAST);
  spec.set_protocol(enums::PROTOCOL_STATIC);
  spec.set_mtu(text.mtu);
  spec.set_config_layer(enums::CONFIG_MACHINE_CONFIGURATION);
  return spec;
}

network::OperatorSpecSpec ConfiguredDhcp4(std::uint32_t route_metric) {
  network::OperatorSpecSpec spec = Operator(enums::OPERATOR_DHCP4);
  spec.mutable_dhcp4()->set_route_metric(MetricOr(route_metric));
  spec.mutable_dhcp4()->mutable_client_identifier()->set_client_identifier(
      enums::CLIENT_IDENTIFIER_MAC);
  return spec;
}

network::OperatorSpecSpec ConfiguredDhcp6(std::uint32_t route_metric) {
  network::OperatorSpecSpec spec = Operator(enums::OPERATOR_DHCP6);
  spec.mutable_dhcp6()->set_route_metric(MetricOr(route_metric));
  spec.mutable_dhcp6()->mutable_client_identifier()->set_client_identifier(
      enums::CLIENT_IDENTIFIER_MAC);
  return spec;
}

network::LinkSpecSpec ConfiguredLink(std::string_view kind) {
  network::LinkSpecSpec spec;
  spec.set_up(true);
  if (!kind.empty()) {
    spec.set_logical(true);
    spec.set_kind(std::string(kind));
    spec.set_type(kind == "wireguard" ? enums::LINK_NONE : enums::LINK_ETHER);
  }
  spec.set_config_layer(enums::CONFIG_MACHINE_CONFIGURATION);
  return spec;
}

}  // namespace ichor
