#include "cni/flannel.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <map>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/resource/tree.h"

namespace ichor::cni {
namespace {

using google::protobuf::Struct;

// "10.244.1.0/24" of the node's own address in it, "10.244.1.1/24".
absl::StatusOr<std::string> NetworkOf(std::string_view text) {
  constexpr int kByteBits = 8;
  std::optional<common::NetIPPrefix> prefix = ParseNetIPPrefix(text);
  if (!prefix.has_value()) {
    return absl::InvalidArgumentError(std::format("\"{}\" is no network", text));
  }
  std::string ip = prefix->ip();
  for (int bit = prefix->prefix_length(); bit < static_cast<int>(ip.size()) * kByteBits; ++bit) {
    char& byte = ip[static_cast<std::size_t>(bit / kByteBits)];
    const unsigned mask = 0x80U >> static_cast<unsigned>(bit % kByteBits);
    byte = static_cast<char>(static_cast<unsigned char>(byte) & ~mask);
  }
  prefix->set_ip(ip);
  return ToText(*prefix);
}

absl::Status CheckPair(std::string_view what, const std::string& network,
                       const std::string& subnet) {
  if (network.empty() == subnet.empty()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(std::format("it says an {} {} without a {}", what,
                                                network.empty() ? "subnet" : "network",
                                                network.empty() ? "network" : "subnet"));
}

// The object at `key`; an empty one if there is none.
absl::StatusOr<Struct> ObjectAt(const Struct& object, std::string_view key) {
  const auto* const value = Find(object, {key});
  if (value == nullptr || value->has_null_value()) {
    return Struct();
  }
  if (!value->has_struct_value()) {
    return absl::InvalidArgumentError(std::format("\"{}\" is no object", key));
  }
  return value->struct_value();
}

void SetDefault(Struct& object, std::string_view key, const Tree& value) {
  if (Find(object, {key}) == nullptr) {
    Set(object, key, value);
  }
}

// Which addresses pods get, and where those of other nodes are.
void Lease(const Subnet& subnet, Struct& ipam) {
  std::vector<Tree> ranges;
  std::vector<Tree> routes;
  const auto add = [&](const std::string& network, const std::string& own) {
    if (!network.empty()) {
      ranges.emplace_back(List({Object({{"subnet", own}})}));
      routes.emplace_back(Object({{"dst", network}}));
    }
  };
  add(subnet.network, subnet.subnet);
  add(subnet.ipv6_network, subnet.ipv6_subnet);
  SetDefault(ipam, "type", "host-local");
  Set(ipam, "ranges", ranges);
  if (const auto* const stated = Find(ipam, {"routes"}); stated != nullptr) {
    const auto& more = stated->list_value().values();
    routes.insert(routes.end(), more.begin(), more.end());
  }
  Set(ipam, "routes", routes);
}

}  // namespace

absl::StatusOr<Subnet> ParseSubnet(std::string_view text) {
  std::map<std::string_view, std::string_view> values;
  for (const auto line : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    const std::string_view entry(line.data(), line.size());
    const size_t equals = entry.find('=');
    if (equals != std::string_view::npos) {
      values[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
  }
  Subnet subnet{.network = std::string(values["FLANNEL_NETWORK"]),
                .subnet = std::string(values["FLANNEL_SUBNET"]),
                .ipv6_network = std::string(values["FLANNEL_IPV6_NETWORK"]),
                .ipv6_subnet = std::string(values["FLANNEL_IPV6_SUBNET"]),
                .masquerades = values["FLANNEL_IPMASQ"] == "true"};
  RETURN_IF_ERROR(CheckPair("IPv4", subnet.network, subnet.subnet));
  RETURN_IF_ERROR(CheckPair("IPv6", subnet.ipv6_network, subnet.ipv6_subnet));
  if (subnet.network.empty() && subnet.ipv6_network.empty()) {
    return absl::InvalidArgumentError("it says no network");
  }
  for (std::string* const text : {&subnet.subnet, &subnet.ipv6_subnet}) {
    if (!text->empty()) {
      ASSIGN_OR_RETURN(*text, NetworkOf(*text));
    }
  }
  const std::string_view mtu = values["FLANNEL_MTU"];
  const auto [rest, error] = std::from_chars(mtu.data(), mtu.data() + mtu.size(), subnet.mtu);
  if (error != std::errc{} || rest != mtu.data() + mtu.size() || subnet.mtu <= 0) {
    return absl::InvalidArgumentError(std::format("FLANNEL_MTU is \"{}\", which is no MTU", mtu));
  }
  return subnet;
}

absl::StatusOr<Struct> DelegateConfig(const Struct& config, const Subnet& subnet) {
  ASSIGN_OR_RETURN(Struct delegate, ObjectAt(config, "delegate"));
  ASSIGN_OR_RETURN(Struct ipam, ObjectAt(config, "ipam"));
  for (const char* const key : {"name", "ipam"}) {
    if (Find(delegate, {key}) != nullptr) {
      return absl::InvalidArgumentError(
          std::format("\"delegate\" must not have \"{}\": it is this plugin's to say", key));
    }
  }
  SetDefault(delegate, "type", "bridge");
  SetDefault(delegate, "ipMasq", !subnet.masquerades);
  SetDefault(delegate, "mtu", subnet.mtu);
  if (TextAt(delegate, {"type"}) == "bridge") {
    SetDefault(delegate, "isGateway", true);
  }
  for (const char* const key : {"name", "cniVersion", "runtimeConfig", "prevResult"}) {
    if (const auto* const value = Find(config, {key}); value != nullptr) {
      Set(delegate, key, *value);
    }
  }
  Lease(subnet, ipam);
  Set(delegate, "ipam", ipam);
  return delegate;
}

bool IsContainerId(std::string_view text) {
  constexpr std::string_view kLettersAndDigits =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr size_t kLongest = 255;
  return !text.empty() && text.size() <= kLongest && kLettersAndDigits.contains(text.front()) &&
         std::ranges::all_of(text, [&](char c) {
           return kLettersAndDigits.contains(c) || c == '_' || c == '.' || c == '-';
         });
}

}  // namespace ichor::cni
