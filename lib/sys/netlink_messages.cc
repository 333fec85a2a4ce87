#include "lib/sys/netlink_messages.h"

#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <functional>

#include "lib/sys/link_messages.h"

namespace ichor::sys {
namespace {

constexpr std::size_t kV4Bytes = 4;

// The attributes of a message or of a nested attribute; one of the wrong size reads as none.
template <std::size_t kCount>
class Attributes {
 public:
  Attributes(const nlmsghdr& message, std::size_t offset) {
    mnl_attr_parse(&message, static_cast<unsigned>(offset), &Collect, this);
  }
  explicit Attributes(const nlattr* nested) {
    if (nested != nullptr) {
      mnl_attr_parse_nested(nested, &Collect, this);
    }
  }

  const nlattr* operator[](std::size_t type) const {
    return type < kCount ? attributes_[type] : nullptr;
  }
  std::uint32_t U32(std::size_t type, std::uint32_t otherwise = 0) const {
    return Has(type, sizeof(std::uint32_t)) ? mnl_attr_get_u32((*this)[type]) : otherwise;
  }
  std::uint8_t U8(std::size_t type) const {
    return Has(type, sizeof(std::uint8_t)) ? mnl_attr_get_u8((*this)[type]) : std::uint8_t{0};
  }
  std::string Bytes(std::size_t type) const {
    const nlattr* attribute = (*this)[type];
    return attribute == nullptr
               ? ""
               : std::string(static_cast<const char*>(mnl_attr_get_payload(attribute)),
                             mnl_attr_get_payload_len(attribute));
  }
  std::string Text(std::size_t type) const {
    std::string text = Bytes(type);
    return text.substr(0, text.find('\0'));
  }

 private:
  bool Has(std::size_t type, std::size_t size) const {
    return (*this)[type] != nullptr && mnl_attr_get_payload_len((*this)[type]) >= size;
  }
  static int Collect(const nlattr* attribute, void* self) {
    const std::uint16_t type = mnl_attr_get_type(attribute);
    if (type < kCount) {
      static_cast<Attributes*>(self)->attributes_[type] = attribute;
    }
    return MNL_CB_OK;
  }

  std::array<const nlattr*, kCount> attributes_{};
};

template <class Body>
const Body* BodyOf(const nlmsghdr& message) {
  return mnl_nlmsg_get_payload_len(&message) < sizeof(Body)
             ? nullptr
             : static_cast<const Body*>(mnl_nlmsg_get_payload(&message));
}

int CollectName(const nlattr* attribute, void* names) {
  if (mnl_attr_get_type(attribute) == IFLA_ALT_IFNAME) {
    const std::string name(static_cast<const char*>(mnl_attr_get_payload(attribute)),
                           mnl_attr_get_payload_len(attribute));
    static_cast<std::vector<std::string>*>(names)->push_back(name.substr(0, name.find('\0')));
  }
  return MNL_CB_OK;
}

template <class Body>
Body& PutBody(nlmsghdr& message) {
  return *static_cast<Body*>(mnl_nlmsg_put_extra_header(&message, sizeof(Body)));
}

void PutBytes(nlmsghdr& message, std::uint16_t type, const std::string& bytes) {
  if (!bytes.empty()) {
    mnl_attr_put(&message, type, bytes.size(), bytes.data());
  }
}

void PutU32(nlmsghdr& message, std::uint16_t type, std::uint32_t value) {
  if (value != 0) {
    mnl_attr_put_u32(&message, type, value);
  }
}

std::uint8_t FamilyOf(const std::string& address) {
  return address.size() == kV4Bytes ? AF_INET : AF_INET6;
}

}  // namespace

std::optional<NetLink> ParseLink(const nlmsghdr& message) {
  const auto* body = BodyOf<ifinfomsg>(message);
  if (message.nlmsg_type != RTM_NEWLINK || body == nullptr) {
    return std::nullopt;
  }
  const Attributes<IFLA_MAX + 1> attributes(message, sizeof(*body));
  const Attributes<IFLA_INFO_MAX + 1> info(attributes[IFLA_LINKINFO]);
  NetLink link{.index = static_cast<std::uint32_t>(body->ifi_index),
               .name = attributes.Text(IFLA_IFNAME),
               .type = body->ifi_type,
               .flags = body->ifi_flags,
               .hardware_address = attributes.Bytes(IFLA_ADDRESS),
               .permanent_address = attributes.Bytes(IFLA_PERM_ADDRESS),
               .broadcast_address = attributes.Bytes(IFLA_BROADCAST),
               .mtu = attributes.U32(IFLA_MTU),
               .queue_discipline = attributes.Text(IFLA_QDISC),
               .master = attributes.U32(IFLA_MASTER),
               .lower = attributes.U32(IFLA_LINK),
               .operational_state = attributes.U8(IFLA_OPERSTATE),
               .carrier = attributes.U8(IFLA_CARRIER) != 0 && (body->ifi_flags & IFF_UP) != 0,
               .kind = info.Text(IFLA_INFO_KIND),
               .slave_kind = info.Text(IFLA_INFO_SLAVE_KIND),
               .settings = ParseLinkSettings(info.Text(IFLA_INFO_KIND), info[IFLA_INFO_DATA]),
               .group = attributes.U32(IFLA_GROUP),
               .alias = attributes.Text(IFLA_IFALIAS),
               .alternative_names = {},
               .bus_path = attributes.Text(IFLA_PARENT_DEV_NAME)};
  if (attributes[IFLA_PROP_LIST] != nullptr) {
    mnl_attr_parse_nested(attributes[IFLA_PROP_LIST], &CollectName, &link.alternative_names);
  }
  return link;
}

std::optional<NetAddress> ParseAddress(const nlmsghdr& message) {
  const auto* body = BodyOf<ifaddrmsg>(message);
  if (message.nlmsg_type != RTM_NEWADDR || body == nullptr) {
    return std::nullopt;
  }
  const Attributes<IFA_MAX + 1> attributes(message, sizeof(*body));
  NetAddress address{.link = body->ifa_index,
                     .address = attributes.Bytes(IFA_ADDRESS),
                     .prefix_length = body->ifa_prefixlen,
                     .scope = body->ifa_scope,
                     .flags = attributes.U32(IFA_FLAGS, body->ifa_flags),
                     .protocol = attributes.U8(IFA_PROTO),
                     .priority = attributes.U32(IFA_RT_PRIORITY),
                     .local = attributes.Bytes(IFA_LOCAL),
                     .broadcast = attributes.Bytes(IFA_BROADCAST)};
  return address;
}

std::optional<NetRoute> ParseRoute(const nlmsghdr& message) {
  const auto* body = BodyOf<rtmsg>(message);
  if (message.nlmsg_type != RTM_NEWROUTE || body == nullptr ||
      (body->rtm_flags & RTM_F_CLONED) != 0) {
    return std::nullopt;
  }
  const Attributes<RTA_MAX + 1> attributes(message, sizeof(*body));
  const Attributes<RTAX_MAX + 1> metrics(attributes[RTA_METRICS]);
  return NetRoute{.family = body->rtm_family,
                  .destination = attributes.Bytes(RTA_DST),
                  .prefix_length = body->rtm_dst_len,
                  .gateway = attributes.Bytes(RTA_GATEWAY),
                  .source = attributes.Bytes(RTA_PREFSRC),
                  .link = attributes.U32(RTA_OIF),
                  .table = attributes.U32(RTA_TABLE, body->rtm_table),
                  .priority = attributes.U32(RTA_PRIORITY),
                  .protocol = body->rtm_protocol,
                  .scope = body->rtm_scope,
                  .type = body->rtm_type,
                  .flags = body->rtm_flags,
                  .mtu = metrics.U32(RTAX_MTU)};
}

void FillLinkChange(nlmsghdr& message, std::uint32_t link, const LinkChange& change) {
  auto& body = PutBody<ifinfomsg>(message);
  body.ifi_family = AF_UNSPEC;
  body.ifi_index = static_cast<int>(link);
  if (change.up.has_value()) {
    body.ifi_change = IFF_UP;
    body.ifi_flags = *change.up ? IFF_UP : 0;
  }
  if (change.mtu.has_value()) {
    mnl_attr_put_u32(&message, IFLA_MTU, *change.mtu);
  }
}

void FillAddress(nlmsghdr& message, const NetAddress& address) {
  auto& body = PutBody<ifaddrmsg>(message);
  body.ifa_family = FamilyOf(address.address);
  body.ifa_prefixlen = address.prefix_length;
  body.ifa_scope = address.scope;
  body.ifa_index = address.link;
  const bool v4 = body.ifa_family == AF_INET;
  PutBytes(message, IFA_LOCAL, address.local.empty() ? address.address : address.local);
  PutBytes(message, IFA_ADDRESS, address.address);
  PutBytes(message, IFA_BROADCAST, v4 ? address.broadcast : "");
  PutU32(message, IFA_FLAGS, address.flags);
  PutU32(message, IFA_RT_PRIORITY, address.priority);
  if (address.protocol != 0) {
    mnl_attr_put_u8(&message, IFA_PROTO, address.protocol);
  }
}

void FillRoute(nlmsghdr& message, const NetRoute& route) {
  auto& body = PutBody<rtmsg>(message);
  body.rtm_family = route.family;
  body.rtm_dst_len = route.prefix_length;
  body.rtm_table = route.table < RT_TABLE_MAX && route.table <= UINT8_MAX
                       ? static_cast<std::uint8_t>(route.table)
                       : std::uint8_t{RT_TABLE_UNSPEC};
  body.rtm_protocol = route.protocol;
  body.rtm_scope = route.scope;
  body.rtm_type = route.type;
  body.rtm_flags = route.flags;
  if (route.prefix_length > 0) {
    PutBytes(message, RTA_DST, route.destination);
  }
  PutBytes(message, RTA_GATEWAY, route.gateway);
  PutBytes(message, RTA_PREFSRC, route.source);
  PutU32(message, RTA_OIF, route.link);
  PutU32(message, RTA_TABLE, route.table);
  PutU32(message, RTA_PRIORITY, route.priority);
  if (route.mtu != 0) {
    nlattr* metrics = mnl_attr_nest_start(&message, RTA_METRICS);
    mnl_attr_put_u32(&message, RTAX_MTU, route.mtu);
    mnl_attr_nest_end(&message, metrics);
  }
}

}  // namespace ichor::sys
