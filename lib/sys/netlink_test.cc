// The contract of sys::Netlink, over the fake and the real one; the real one in a network namespace
// of its own with one link, whose peer is in another.
#include "lib/sys/netlink.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <poll.h>

#include <algorithm>
#include <memory>
#include <string>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_netlink.h"
#include "lib/sys/linux_netlink.h"
#include "lib/sys/test_network.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr std::uint32_t kMissing = 4711;
constexpr std::uint8_t kOurs = 0x49;
const std::string kTen("\x0a\x00\x00\x05", 4);
const std::string kGateway("\x0a\x00\x00\x01", 4);
const std::string kElsewhere("\xc0\xa8\x07\x01", 4);

template <class T>
struct Network;

template <>
struct Network<FakeNetlink> {
  Network() {
    netlink.links = {{.index = 1, .name = "lo", .type = 772, .mtu = 65536},
                     {.index = 2, .name = "eth0", .mtu = 1500}};
  }
  FakeNetlink netlink;
  std::uint32_t link = 2;
};

template <>
struct Network<LinuxNetlink> {
  Network() : other(EnterNewNetwork()), here(EnterNewNetwork()) {
    MakeVethPair("eth0", "peer0", other);
    link = LinkIndexOf("eth0");
  }
  KeepNetwork keep;
  base::UniqueFd other;
  base::UniqueFd here;
  std::unique_ptr<LinuxNetlink> owned = *LinuxNetlink::Create();
  LinuxNetlink& netlink = *owned;
  std::uint32_t link = 0;
};

NetAddress Address(std::uint32_t link) {
  return {.link = link, .address = kTen, .prefix_length = 24, .protocol = kOurs};
}

NetRoute Default(std::uint32_t link) {
  return {.gateway = kGateway, .link = link, .priority = 1024, .protocol = kOurs};
}

std::size_t Count(Netlink& netlink, const NetRoute& route) {
  const auto routes = netlink.Routes();
  REQUIRE_THAT(routes, IsOk());
  return static_cast<std::size_t>(std::ranges::count_if(*routes, [&](const NetRoute& other) {
    return other.destination == route.destination && other.gateway == route.gateway &&
           other.link == route.link && other.priority == route.priority &&
           other.protocol == route.protocol && other.table == route.table;
  }));
}

std::size_t Count(Netlink& netlink, const NetAddress& address) {
  const auto addresses = netlink.Addresses();
  REQUIRE_THAT(addresses, IsOk());
  return static_cast<std::size_t>(std::ranges::count_if(*addresses, [&](const NetAddress& other) {
    return other.link == address.link && other.address == address.address &&
           other.prefix_length == address.prefix_length && other.protocol == address.protocol;
  }));
}

}  // namespace

TEMPLATE_TEST_CASE("netlink: a route that drops packets is over no link", "[kernel]", FakeNetlink,
                   LinuxNetlink) {
  Network<TestType> n;
  const NetRoute drop{.destination = kTen,
                      .prefix_length = 32,
                      .priority = 1024,
                      .protocol = kOurs,
                      .type = RTN_BLACKHOLE};
  REQUIRE_THAT(n.netlink.AddRoute(drop), IsOk());
  CHECK(Count(n.netlink, drop) == 1);
  REQUIRE_THAT(n.netlink.RemoveRoute(drop), IsOk());
  CHECK(Count(n.netlink, drop) == 0);
}

TEMPLATE_TEST_CASE("netlink: a link is changed and shows it", "[kernel]", FakeNetlink,
                   LinuxNetlink) {
  Network<TestType> n;
  REQUIRE_THAT(n.netlink.ChangeLink(n.link, {.up = true, .mtu = 1400}), IsOk());
  const auto links = n.netlink.Links();
  REQUIRE_THAT(links, IsOk());
  const auto link = std::ranges::find(*links, n.link, &NetLink::index);
  REQUIRE(link != links->end());
  CHECK(link->name == "eth0");
  CHECK(link->mtu == 1400);
  CHECK((link->flags & IFF_UP) != 0);
  CHECK_THAT(n.netlink.ChangeLink(kMissing, {.up = true, .mtu = {}}),
             StatusIs(absl::StatusCode::kNotFound, "change link 4711: No such device"));
}

TEMPLATE_TEST_CASE("netlink: an address is added once, with its mark, and removed", "[kernel]",
                   FakeNetlink, LinuxNetlink) {
  Network<TestType> n;
  const NetAddress address = Address(n.link);
  REQUIRE_THAT(n.netlink.AddAddress(address), IsOk());
  CHECK(Count(n.netlink, address) == 1);
  CHECK(n.netlink.AddAddress(address).code() == absl::StatusCode::kAlreadyExists);
  REQUIRE_THAT(n.netlink.RemoveAddress(address), IsOk());
  CHECK(Count(n.netlink, address) == 0);
  CHECK(n.netlink.RemoveAddress(address).code() == absl::StatusCode::kNotFound);
  CHECK(n.netlink.AddAddress(Address(kMissing)).code() == absl::StatusCode::kNotFound);
}

TEMPLATE_TEST_CASE("netlink: a route needs its link up and its gateway in reach", "[kernel]",
                   FakeNetlink, LinuxNetlink) {
  Network<TestType> n;
  const NetRoute route = Default(n.link);
  NetRoute direct = Default(kMissing);
  direct.gateway = "";
  CHECK(n.netlink.AddRoute(direct).code() == absl::StatusCode::kNotFound);
  direct.link = n.link;
  CHECK_THAT(n.netlink.AddRoute(direct),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "add route default: Network is down (Device for nexthop is not up)"));
  REQUIRE_THAT(n.netlink.ChangeLink(n.link, {.up = true, .mtu = {}}), IsOk());
  CHECK_THAT(n.netlink.AddRoute(route),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "add route default: Network is unreachable (Nexthop has invalid gateway)"));
  REQUIRE_THAT(n.netlink.AddAddress(Address(n.link)), IsOk());
  REQUIRE_THAT(n.netlink.AddRoute(route), IsOk());
  CHECK(Count(n.netlink, route) == 1);
  CHECK_THAT(n.netlink.AddRoute(route),
             StatusIs(absl::StatusCode::kAlreadyExists, "add route default: File exists"));
}

TEMPLATE_TEST_CASE("netlink: only the route with our mark is removed", "[kernel]", FakeNetlink,
                   LinuxNetlink) {
  Network<TestType> n;
  REQUIRE_THAT(n.netlink.ChangeLink(n.link, {.up = true, .mtu = {}}), IsOk());
  REQUIRE_THAT(n.netlink.AddAddress(Address(n.link)), IsOk());
  NetRoute foreign = Default(n.link);
  foreign.protocol = RTPROT_BOOT;
  REQUIRE_THAT(n.netlink.AddRoute(foreign), IsOk());
  CHECK_THAT(n.netlink.RemoveRoute(Default(n.link)),
             StatusIs(absl::StatusCode::kNotFound, "remove route default: No such process"));
  CHECK(Count(n.netlink, foreign) == 1);
  REQUIRE_THAT(n.netlink.RemoveRoute(foreign), IsOk());
  CHECK(Count(n.netlink, foreign) == 0);
}

TEMPLATE_TEST_CASE("netlink: a route with a gateway outside the subnet can be on-link", "[kernel]",
                   FakeNetlink, LinuxNetlink) {
  Network<TestType> n;
  REQUIRE_THAT(n.netlink.ChangeLink(n.link, {.up = true, .mtu = {}}), IsOk());
  REQUIRE_THAT(n.netlink.AddAddress(Address(n.link)), IsOk());
  NetRoute route = Default(n.link);
  route.gateway = kElsewhere;
  CHECK(n.netlink.AddRoute(route).code() == absl::StatusCode::kFailedPrecondition);
  const NetRoute to_gateway{.destination = kElsewhere,
                            .prefix_length = 32,
                            .link = n.link,
                            .priority = 1024,
                            .protocol = kOurs,
                            .scope = RT_SCOPE_LINK};
  REQUIRE_THAT(n.netlink.AddRoute(to_gateway), IsOk());
  REQUIRE_THAT(n.netlink.AddRoute(route), IsOk());
  CHECK(Count(n.netlink, route) == 1);
}

TEST_CASE("netlink: what changes makes the descriptor readable, until it is drained", "[kernel]") {
  Network<LinuxNetlink> n;
  n.netlink.Drain();
  const auto readable = [&] {
    pollfd waiting{.fd = n.netlink.descriptor(), .events = POLLIN, .revents = 0};
    return poll(&waiting, 1, 0) == 1;
  };
  CHECK_FALSE(readable());
  REQUIRE_THAT(n.netlink.AddAddress(Address(n.link)), IsOk());
  CHECK(readable());
  n.netlink.Drain();
  CHECK_FALSE(readable());
}

}  // namespace ichor::sys
