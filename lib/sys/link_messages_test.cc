// The bytes of messages as linux/rtnetlink.h and linux/if_link.h describe them.
#include "lib/sys/link_messages.h"

#include <linux/rtnetlink.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "lib/sys/netlink_messages.h"

namespace ichor::sys {
namespace {

using std::string_literals::operator""s;

// What `fill` puts behind the header, as a little-endian machine has it.
std::string BodyOf(const std::function<void(nlmsghdr&)>& fill) {
  alignas(nlmsghdr) std::array<char, 4096> buffer{};
  nlmsghdr& message = *mnl_nlmsg_put_header(buffer.data());
  fill(message);
  return {static_cast<const char*>(mnl_nlmsg_get_payload(&message)),
          mnl_nlmsg_get_payload_len(&message)};
}

const std::string kNoIndex(sizeof(ifinfomsg), '\0');
const std::string kIndexFive =
    "\0\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0"s;  // family, type; index; flags; change

}  // namespace

TEST_CASE("link messages: a VLAN is made by its name, lower link, group, number and protocol") {
  const VirtualLink link{
      .name = "v7", .kind = "vlan", .lower = 3, .group = 0x49, .settings = VlanSettings{.id = 7}};
  CHECK(BodyOf([&](nlmsghdr& message) { FillNewLink(message, link); }) ==
        kNoIndex +                         //
            "\x07\0\x03\0v7\0\0"s +        // IFLA_IFNAME
            "\x08\0\x05\0\x03\0\0\0"s +    // IFLA_LINK
            "\x08\0\x1b\0\x49\0\0\0"s +    // IFLA_GROUP
            "\x24\0\x12\x80"s +            // IFLA_LINKINFO
            "\x09\0\x01\0vlan\0\0\0\0"s +  // IFLA_INFO_KIND
            "\x14\0\x02\x80"s +            // IFLA_INFO_DATA
            "\x06\0\x01\0\x07\0\0\0"s +    // IFLA_VLAN_ID
            "\x06\0\x05\0\x81\0\0\0"s);    // IFLA_VLAN_PROTOCOL, in network order
}

TEST_CASE("link messages: a bridge is changed by what it has of its own") {
  const VirtualLink link{.name = "br0",
                         .kind = "bridge",
                         .hardware_address = "\x02\0\0\0\0\x01"s,
                         .settings = BridgeSettings{.spanning_tree = true}};
  CHECK(BodyOf([&](nlmsghdr& message) { FillSettings(message, 5, link); }) ==
        kIndexFive +                               //
            "\x0a\0\x01\0\x02\0\0\0\0\x01\0\0"s +  // IFLA_ADDRESS
            "\x24\0\x12\x80"s +                    // IFLA_LINKINFO
            "\x0b\0\x01\0bridge\0\0"s +            // IFLA_INFO_KIND
            "\x14\0\x02\x80"s +                    // IFLA_INFO_DATA
            "\x08\0\x05\0\x01\0\0\0"s +            // IFLA_BR_STP_STATE
            "\x05\0\x07\0\0\0\0\0"s);              // IFLA_BR_VLAN_FILTERING
}

TEST_CASE("link messages: a bond is told the numbers that are set, and its targets") {
  const VirtualLink link{
      .name = "b",
      .kind = "bond",
      .settings = BondSettings{.options = {{BondOption::kMode, 1},
                                           {BondOption::kMiimon, 100},
                                           {BondOption::kAdActorSysPrio, 0x0102}},
                               .arp_targets = std::vector<std::string>{"\x0a\0\0\x01"s},
                               .ns_targets = std::nullopt}};
  CHECK(BodyOf([&](nlmsghdr& message) { FillSettings(message, 5, link); }) ==
        kIndexFive +                       //
            "\x38\0\x12\x80"s +            // IFLA_LINKINFO
            "\x09\0\x01\0bond\0\0\0\0"s +  // IFLA_INFO_KIND
            "\x28\0\x02\x80"s +            // IFLA_INFO_DATA
            "\x05\0\x01\0\x01\0\0\0"s +    // IFLA_BOND_MODE
            "\x08\0\x03\0\x64\0\0\0"s +    // IFLA_BOND_MIIMON
            "\x06\0\x18\0\x02\x01\0\0"s +  // IFLA_BOND_AD_ACTOR_SYS_PRIO
            "\x0c\0\x08\x80"s +            // IFLA_BOND_ARP_IP_TARGET
            "\x08\0\0\0\x0a\0\0\x01"s);    // the first
}

TEST_CASE("link messages: a dummy has nothing of its own") {
  const VirtualLink link{.name = "d", .kind = "dummy", .group = 1, .settings = {}};
  CHECK(BodyOf([&](nlmsghdr& message) { FillNewLink(message, link); }) ==
        kNoIndex +                        //
            "\x06\0\x03\0d\0\0\0"s +      // IFLA_IFNAME
            "\x08\0\x1b\0\x01\0\0\0"s +   // IFLA_GROUP
            "\x10\0\x12\x80"s +           // IFLA_LINKINFO
            "\x0a\0\x01\0dummy\0\0\0"s);  // IFLA_INFO_KIND
}

TEST_CASE(
    "link messages: a link leaves its master by master 0, goes by its index, takes an alias") {
  CHECK(BodyOf([](nlmsghdr& message) { FillMaster(message, 5, 0); }) ==
        kIndexFive + "\x08\0\x0a\0\0\0\0\0"s);  // IFLA_MASTER
  CHECK(BodyOf([](nlmsghdr& message) { FillRemoval(message, 5); }) == kIndexFive);
  CHECK(BodyOf([](nlmsghdr& message) { FillAlias(message, 5, "net0"); }) ==
        kIndexFive + "\x08\0\x14\0net0"s);  // IFLA_IFALIAS
}

TEST_CASE("link messages: what the kernel says of a link is what was asked for") {
  const BondSettings bond{.options = {{BondOption::kMode, 4},
                                      {BondOption::kLacpRate, 1},
                                      {BondOption::kMissedMax, 3},
                                      {BondOption::kPrimary, 70'000}},
                          .arp_targets = std::vector<std::string>{"\x0a\0\0\x01"s, "\x0a\0\0\x02"s},
                          .ns_targets = std::vector<std::string>{std::string(16, '\x20')}};
  for (const auto& [kind, settings] :
       {std::pair<std::string, LinkSettings>("bond", bond),
        std::pair<std::string, LinkSettings>("vlan", VlanSettings{.id = 9, .protocol = 0x88a8}),
        std::pair<std::string, LinkSettings>("bridge", BridgeSettings{.vlan_filtering = true}),
        std::pair<std::string, LinkSettings>("dummy", LinkSettings())}) {
    alignas(nlmsghdr) std::array<char, 4096> buffer{};
    nlmsghdr& message = *mnl_nlmsg_put_header(buffer.data());
    message.nlmsg_type = RTM_NEWLINK;
    FillNewLink(message, {.name = "x", .kind = kind, .group = 7, .settings = settings});
    const auto link = ParseLink(message);
    REQUIRE(link.has_value());
    CHECK(link->kind == kind);
    CHECK(link->group == 7);
    CHECK(link->settings == settings);
  }
}

}  // namespace ichor::sys
