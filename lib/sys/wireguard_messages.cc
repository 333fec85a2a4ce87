#include "lib/sys/wireguard_messages.h"

#include <linux/genetlink.h>
#include <linux/wireguard.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>

#include "lib/sys/netlink_attributes.h"

namespace ichor::sys {
namespace {

constexpr std::size_t kV4Bytes = 4;
constexpr std::size_t kV6Bytes = 16;

void PutBytes(nlmsghdr& message, std::uint16_t type, std::string_view bytes) {
  mnl_attr_put(&message, type, bytes.size(), bytes.data());
}

std::string BytesOf(const nlattr& attribute) {
  return {static_cast<const char*>(mnl_attr_get_payload(&attribute)),
          mnl_attr_get_payload_len(&attribute)};
}

// The number in an attribute; 0 if it has another size.
template <class T>
T NumberOf(const nlattr& attribute) {
  T number = 0;
  if (mnl_attr_get_payload_len(&attribute) == sizeof(T)) {
    std::memcpy(&number, mnl_attr_get_payload(&attribute), sizeof(T));
  }
  return number;
}

void PutEndpoint(nlmsghdr& message, const WireguardPeer& peer) {
  if (peer.endpoint_address.size() == kV4Bytes) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(peer.endpoint_port);
    std::memcpy(&address.sin_addr, peer.endpoint_address.data(), kV4Bytes);
    mnl_attr_put(&message, WGPEER_A_ENDPOINT, sizeof(address), &address);
  } else if (peer.endpoint_address.size() == kV6Bytes) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(peer.endpoint_port);
    std::memcpy(&address.sin6_addr, peer.endpoint_address.data(), kV6Bytes);
    mnl_attr_put(&message, WGPEER_A_ENDPOINT, sizeof(address), &address);
  }
}

void ReadEndpoint(const std::string& bytes, WireguardPeer& peer) {
  if (bytes.size() == sizeof(sockaddr_in)) {
    sockaddr_in address{};
    std::memcpy(&address, bytes.data(), sizeof(address));
    peer.endpoint_port = ntohs(address.sin_port);
    peer.endpoint_address.assign(reinterpret_cast<const char*>(&address.sin_addr), kV4Bytes);
  } else if (bytes.size() == sizeof(sockaddr_in6)) {
    sockaddr_in6 address{};
    std::memcpy(&address, bytes.data(), sizeof(address));
    peer.endpoint_port = ntohs(address.sin6_port);
    peer.endpoint_address.assign(reinterpret_cast<const char*>(&address.sin6_addr), kV6Bytes);
  }
}

WireguardPeer::Network NetworkOf(const nlattr& nested) {
  WireguardPeer::Network network;
  ForEachAttribute(nested, [&network](const nlattr& attribute, std::uint16_t type) {
    if (type == WGALLOWEDIP_A_IPADDR) {
      network.address = BytesOf(attribute);
    } else if (type == WGALLOWEDIP_A_CIDR_MASK) {
      network.prefix_length = NumberOf<std::uint8_t>(attribute);
    }
  });
  return network;
}

WireguardPeer PeerOf(const nlattr& nested) {
  WireguardPeer peer;
  ForEachAttribute(nested, [&peer](const nlattr& attribute, std::uint16_t type) {
    switch (type) {
      case WGPEER_A_PUBLIC_KEY:
        peer.public_key = BytesOf(attribute);
        break;
      case WGPEER_A_PRESHARED_KEY:  // zeros stand for none
        peer.preshared_key = BytesOf(attribute);
        if (std::ranges::all_of(peer.preshared_key, [](char c) { return c == 0; })) {
          peer.preshared_key.clear();
        }
        break;
      case WGPEER_A_ENDPOINT:
        ReadEndpoint(BytesOf(attribute), peer);
        break;
      case WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL:
        peer.keepalive_seconds = NumberOf<std::uint16_t>(attribute);
        break;
      case WGPEER_A_ALLOWEDIPS:
        ForEachAttribute(attribute, [&peer](const nlattr& network, std::uint16_t /*type*/) {
          peer.allowed.push_back(NetworkOf(network));
        });
        break;
      default:
        break;
    }
  });
  return peer;
}

void AddPeer(WireguardPeer part, WireguardSettings& settings) {
  if (!settings.peers.empty() && settings.peers.back().public_key == part.public_key) {
    std::ranges::move(part.allowed, std::back_inserter(settings.peers.back().allowed));
  } else {
    settings.peers.push_back(std::move(part));
  }
}

void PutNetwork(nlmsghdr& message, const WireguardPeer::Network& network) {
  nlattr* const nested = mnl_attr_nest_start(&message, 0);
  mnl_attr_put_u16(&message, WGALLOWEDIP_A_FAMILY,
                   network.address.size() == kV4Bytes ? AF_INET : AF_INET6);
  PutBytes(message, WGALLOWEDIP_A_IPADDR, network.address);
  mnl_attr_put_u8(&message, WGALLOWEDIP_A_CIDR_MASK, network.prefix_length);
  mnl_attr_nest_end(&message, nested);
}

// A message about one peer, whose other attributes `fill` puts.
template <class Fill>
void PutPeer(nlmsghdr& message, std::uint32_t link, std::string_view public_key,
             std::uint32_t flags, const Fill& fill) {
  PutGenericHeader(message, WG_CMD_SET_DEVICE, WG_GENL_VERSION);
  mnl_attr_put_u32(&message, WGDEVICE_A_IFINDEX, link);
  nlattr* const peers = mnl_attr_nest_start(&message, WGDEVICE_A_PEERS);
  nlattr* const one = mnl_attr_nest_start(&message, 0);
  PutBytes(message, WGPEER_A_PUBLIC_KEY, public_key);
  mnl_attr_put_u32(&message, WGPEER_A_FLAGS, flags);
  fill();
  mnl_attr_nest_end(&message, one);
  mnl_attr_nest_end(&message, peers);
}

}  // namespace

std::optional<std::uint16_t> FamilyIn(const nlmsghdr& message, std::string_view name) {
  std::string found;
  std::uint16_t number = 0;
  ForEachAttribute(message, [&](const nlattr& attribute, std::uint16_t type) {
    if (type == CTRL_ATTR_FAMILY_NAME) {
      found = BytesOf(attribute);
      found.resize(std::min(found.size(), found.find('\0')));
    } else if (type == CTRL_ATTR_FAMILY_ID) {
      number = NumberOf<std::uint16_t>(attribute);
    }
  });
  return found == name ? std::optional(number) : std::nullopt;
}

void FillFamilyRequest(nlmsghdr& message) {
  PutGenericHeader(message, CTRL_CMD_GETFAMILY, 1);
}

void FillWireguardRequest(nlmsghdr& message, std::uint32_t link) {
  PutGenericHeader(message, WG_CMD_GET_DEVICE, WG_GENL_VERSION);
  mnl_attr_put_u32(&message, WGDEVICE_A_IFINDEX, link);
}

void AddWireguardPart(const nlmsghdr& message, WireguardSettings& settings) {
  ForEachAttribute(message, [&settings](const nlattr& attribute, std::uint16_t type) {
    switch (type) {
      case WGDEVICE_A_PRIVATE_KEY:
        settings.private_key = BytesOf(attribute);
        break;
      case WGDEVICE_A_PUBLIC_KEY:
        settings.public_key = BytesOf(attribute);
        break;
      case WGDEVICE_A_LISTEN_PORT:
        settings.listen_port = NumberOf<std::uint16_t>(attribute);
        break;
      case WGDEVICE_A_FWMARK:
        settings.mark = NumberOf<std::uint32_t>(attribute);
        break;
      case WGDEVICE_A_PEERS:
        ForEachAttribute(attribute,
                         [&settings](const nlattr& peer, int) { AddPeer(PeerOf(peer), settings); });
        break;
      default:
        break;
    }
  });
}

void FillWireguardLink(nlmsghdr& message, std::uint32_t link, const WireguardChange& change) {
  PutGenericHeader(message, WG_CMD_SET_DEVICE, WG_GENL_VERSION);
  mnl_attr_put_u32(&message, WGDEVICE_A_IFINDEX, link);
  if (change.private_key.has_value()) {
    PutBytes(message, WGDEVICE_A_PRIVATE_KEY, *change.private_key);
  }
  if (change.listen_port.has_value()) {
    mnl_attr_put_u16(&message, WGDEVICE_A_LISTEN_PORT, *change.listen_port);
  }
  if (change.mark.has_value()) {
    mnl_attr_put_u32(&message, WGDEVICE_A_FWMARK, *change.mark);
  }
}

void FillWireguardRemoval(nlmsghdr& message, std::uint32_t link, std::string_view public_key) {
  PutPeer(message, link, public_key, WGPEER_F_REMOVE_ME, [] {});
}

void FillWireguardPeer(nlmsghdr& message, std::uint32_t link, const WireguardPeer& peer,
                       std::size_t first, std::size_t count) {
  const std::uint32_t flags = first == 0 ? WGPEER_F_REPLACE_ALLOWEDIPS : 0;
  PutPeer(message, link, peer.public_key, flags, [&] {
    if (first == 0) {
      const std::string none(WG_KEY_LEN, '\0');
      PutBytes(message, WGPEER_A_PRESHARED_KEY,
               peer.preshared_key.empty() ? none : peer.preshared_key);
      PutEndpoint(message, peer);
      mnl_attr_put_u16(&message, WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL, peer.keepalive_seconds);
    }
    nlattr* const networks = mnl_attr_nest_start(&message, WGPEER_A_ALLOWEDIPS);
    for (std::size_t i = first; i < std::min(first + count, peer.allowed.size()); ++i) {
      PutNetwork(message, peer.allowed[i]);
    }
    mnl_attr_nest_end(&message, networks);
  });
}

}  // namespace ichor::sys
