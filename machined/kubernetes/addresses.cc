#include "machined/kubernetes/addresses.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <format>
#include <set>
#include <utility>

#include "config/network.pb.h"
#include "lib/resource/address_prefix.h"
#include "lib/resource/address_text.h"

namespace ichor {
namespace {

constexpr std::size_t kV4Bytes = 4;
constexpr int kByteBits = 8;

// A network, or an address for itself alone.
std::optional<common::NetIPPrefix> NetworkOf(std::string_view text) {
  if (const auto prefix = ParseNetIPPrefix(text); prefix.has_value()) {
    return prefix;
  }
  const auto address = ParseNetIP(text);
  if (!address.has_value() || address->ip().empty()) {
    return std::nullopt;
  }
  common::NetIPPrefix prefix;
  prefix.set_ip(address->ip());
  prefix.set_prefix_length(static_cast<int>(address->ip().size()) * kByteBits);
  return prefix;
}

bool IsInText(const common::NetIP& address, std::string_view text) {
  const std::optional<common::NetIPPrefix> network = NetworkOf(text);
  return network.has_value() && IsIn(address.ip(), *network);
}

std::set<std::string> VirtualAddresses(const config::Config& config) {
  namespace v1alpha1 = config::v1alpha1;
  std::set<std::string> addresses;
  const auto add = [&addresses](const std::string& text) {
    if (const auto address = ParseNetIP(text); address.has_value() && !address->ip().empty()) {
      addresses.insert(address->ip());
    }
  };
  for (const auto* vip : config.All<v1alpha1::Layer2VIPConfig>()) {
    add(vip->name());
  }
  for (const auto* vip : config.All<v1alpha1::HCloudVIPConfig>()) {
    add(vip->name());
  }
  const auto* const legacy = config.Get<v1alpha1::LegacyConfig>();
  if (legacy == nullptr) {
    return addresses;
  }
  for (const auto& device : legacy->machine().network().interfaces()) {
    add(device.vip().ip());
    for (const auto& vlan : device.vlans()) {
      add(vlan.vip().ip());
    }
  }
  return addresses;
}

}  // namespace

std::string LocalEndpoint(const KubernetesSettings& settings) {
  const std::int64_t port = settings.KubePrism().port();
  return port != 0 ? std::format("https://127.0.0.1:{}", port)
                   : std::format("https://localhost:{}", settings.ApiServer().api_port());
}

Endpoint EndpointOf(std::string_view url) {
  constexpr std::uint32_t kHttps = 443;
  if (const size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find('/'));
  const size_t bracket = url.starts_with('[') ? url.find(']') : std::string_view::npos;
  const size_t colon = url.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string_view host = url.substr(0, colon);
  if (bracket != std::string_view::npos) {
    host = url.substr(1, bracket - 1);
  }
  Endpoint endpoint{.host = std::string(host), .port = kHttps};
  if (colon != std::string_view::npos) {
    const std::string_view port = url.substr(colon + 1);
    std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  }
  return endpoint;
}

std::optional<common::NetIP> AddressIn(std::string_view subnet, std::uint32_t index) {
  const std::optional<common::NetIPPrefix> network = ParseNetIPPrefix(subnet);
  if (!network.has_value()) {
    return std::nullopt;
  }
  common::NetIP address;
  std::string bytes = network->ip();
  std::uint64_t carry = index;
  for (std::size_t i = bytes.size(); i > 0 && carry != 0; --i) {
    carry += static_cast<unsigned char>(bytes[i - 1]);
    bytes[i - 1] = static_cast<char>(carry & 0xff);
    carry >>= kByteBits;
  }
  address.set_ip(bytes);
  if (carry != 0 || !IsIn(address.ip(), *network)) {
    return std::nullopt;
  }
  return address;
}

bool HasFamily(const google::protobuf::RepeatedPtrField<std::string>& subnets, bool ipv4) {
  return std::ranges::any_of(subnets, [ipv4](const std::string& subnet) {
    const auto first = AddressIn(subnet, 0);
    return first.has_value() && IsIPv4(*first) == ipv4;
  });
}

bool Matches(const common::NetIP& address, const std::vector<std::string>& subnets) {
  bool any = false;
  bool in = false;
  for (const std::string& subnet : subnets) {
    if (subnet.starts_with('!')) {
      if (IsInText(address, std::string_view(subnet).substr(1))) {
        return false;
      }
      continue;
    }
    any = true;
    in = in || IsInText(address, subnet);
  }
  return in || !any;
}

std::vector<common::NetIP> NodeAddressesOf(const All<network::NodeAddress>& addresses,
                                           std::string_view list,
                                           const KubernetesSettings& settings) {
  const auto row = addresses.find(list);
  std::vector<common::NetIP> own;
  if (row == addresses.end()) {
    return own;
  }
  const auto networks = settings.Networks();
  for (const common::NetIPPrefix& prefix : row->spec().addresses()) {
    common::NetIP address;
    address.set_ip(prefix.ip());
    const auto has = [&address](const std::string& subnet) { return IsInText(address, subnet); };
    if (std::ranges::none_of(networks.pod_subnets(), has) &&
        std::ranges::none_of(networks.service_subnets(), has)) {
      own.push_back(std::move(address));
    }
  }
  return own;
}

std::vector<common::NetIP> WithoutVirtual(std::vector<common::NetIP> addresses,
                                          const config::Config& config) {
  const std::set<std::string> virtual_ones = VirtualAddresses(config);
  std::erase_if(addresses, [&virtual_ones](const common::NetIP& address) {
    return virtual_ones.contains(address.ip());
  });
  return addresses;
}

std::string FullNameOf(const network::HostnameStatus::Spec& hostname) {
  return hostname.domainname().empty() ? hostname.hostname()
                                       : hostname.hostname() + "." + hostname.domainname();
}

bool IsIPv4(const common::NetIP& address) {
  return address.ip().size() == kV4Bytes;
}

}  // namespace ichor
