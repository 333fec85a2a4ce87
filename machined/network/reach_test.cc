#include "machined/network/reach.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"
#include "machined/network/policy.h"

namespace ichor {
namespace {

using network::LinkStatus;

constexpr const char* kCard = "type: LINK_ETHER link_state: true";

// Two cards with a cable, one without, and the loopback.
All<LinkStatus> Links() {
  return AllOf<LinkStatus>({{"enp0s3", kCard},
                            {"enp0s4", kCard},
                            {"enp0s5", "type: LINK_ETHER"},
                            {"lo", "type: LINK_LOOPBCK link_state: true"}});
}

Reach ReachWith(const std::string& text, const All<LinkStatus>& links = Links()) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  auto rows = DescribeNetwork(AllOf<config::MachineConfig>({{"v1alpha1", spec}}));
  REQUIRE_THAT(rows, base::IsOk());
  const auto stated = Stated(std::get<0>(*std::move(rows)));
  const auto config = config::Load("", text);
  REQUIRE_THAT(config, base::IsOk());
  return ReachOf(stated.front().spec(), links, LinkAliases(*config));
}

std::string Interface(const std::string& body) {
  return "machine:\n  type: worker\n  network:\n    interfaces:\n      - {" + body + "}\n";
}

std::string Document(const std::string& kind, const std::string& body) {
  return "apiVersion: v1alpha1\nkind: " + kind + "\n" + body;
}

All<network::AddressStatus> AddressOn(const std::string& link) {
  network::AddressStatus::Spec address;
  *address.mutable_address() = ParseNetIPPrefix("10.0.0.5/24").value_or(common::NetIPPrefix());
  address.set_link_name(link);
  return AllOf<network::AddressStatus>({{link + "/10.0.0.5/24", address}});
}

}  // namespace

TEST_CASE("reach: by default every card with a cable asks for a lease") {
  const Reach reach = ReachWith("machine: {type: worker}\n");
  CHECK(reach.leasing == std::set<std::string>{"enp0s3", "enp0s4"});
  CHECK(reach.IsUsable("10.0.0.9"));
}

TEST_CASE("reach: what the config says of links counts, if they are there and have a cable") {
  const Reach one =
      ReachWith(Document("LinkConfig", "name: enp0s3\naddresses: [{address: 10.0.0.5/24}]\n"));
  CHECK(one.fixed == std::set<std::string>{"10.0.0.5"});
  CHECK(one.leasing.empty());
  CHECK_FALSE(ReachWith(Document("LinkConfig", "name: enp0s3\n")).IsUsable("10.0.0.9"));
  CHECK_FALSE(
      ReachWith(Document("LinkConfig", "name: enp0s5\naddresses: [{address: 10.0.0.5/24}]\n"))
          .IsUsable("10.0.0.9"));
  CHECK_FALSE(
      ReachWith(Document("LinkConfig", "name: wrong\naddresses: [{address: 10.0.0.5/24}]\n"))
          .IsUsable("10.0.0.9"));
  CHECK_FALSE(ReachWith(Document("LinkConfig",
                                 "name: enp0s3\nup: false\naddresses: [{address: 10.0.0.5/24}]\n"))
                  .IsUsable("10.0.0.9"));
  CHECK(ReachWith(Document("DHCPv4Config", "name: enp0s4\n")).leasing ==
        std::set<std::string>{"enp0s4"});
}

TEST_CASE("reach: an address without a gateway is of use to its neighbours only") {
  const std::string fixed =
      Document("LinkConfig", "name: enp0s3\naddresses: [{address: 10.0.0.5/23}]\n");
  CHECK(ReachWith(fixed).IsUsable("10.0.1.9"));
  CHECK_FALSE(ReachWith(fixed).IsUsable("10.0.2.9"));
  CHECK_FALSE(ReachWith(fixed).IsUsable("fd00::9"));
  CHECK_FALSE(ReachWith(fixed).IsUsable(""));
  CHECK(ReachWith(fixed + "routes: [{gateway: 10.0.0.1}]\n").IsUsable(""));
}

TEST_CASE("reach: the older form leaves other cards their leases") {
  CHECK(ReachWith(Interface("interface: enp0s3, ignore: true")).leasing ==
        std::set<std::string>{"enp0s4"});
  const Reach reach = ReachWith(Interface("interface: enp0s3, addresses: [10.0.0.5/24]"));
  CHECK(reach.leasing == std::set<std::string>{"enp0s4"});
  CHECK(reach.fixed == std::set<std::string>{"10.0.0.5"});
  CHECK(ReachWith(Interface("deviceSelector: {driver: virtio}, addresses: [10.0.0.5/24]")).fixed ==
        std::set<std::string>{"10.0.0.5"});
}

TEST_CASE("reach: eth0 is the only card, whatever it is called") {
  const auto links = AllOf<LinkStatus>({{"enp0s3", kCard}});
  CHECK(ReachWith(Interface("interface: eth0, addresses: [10.0.0.5/24]"), links)
            .IsUsable("10.0.0.9"));
  CHECK_FALSE(ReachWith(Interface("interface: eth0, ignore: true"), links).IsUsable("10.0.0.9"));
}

TEST_CASE("reach: links that are made carry what is below them") {
  const std::string address = "addresses: [{address: 10.0.0.5/24}]\n";
  const bool there = GENERATE(true, false);
  const std::string card = there ? "enp0s3" : "enp0s5";
  CHECK(ReachWith(Document("VLANConfig", "name: v7\nvlanID: 7\nparent: " + card + "\n" + address))
            .IsUsable("10.0.0.9") == there);
  CHECK(ReachWith(Document("BridgeConfig", "name: br0\nlinks: [" + card + "]\n" + address))
            .IsUsable("10.0.0.9") == there);
  CHECK(ReachWith(Document("BridgeConfig", "name: br0\nlinks: [" + card + "]\n") + "---\n" +
                  Document("VLANConfig", "name: v7\nvlanID: 7\nparent: br0\n" + address))
            .IsUsable("10.0.0.9") == there);
  CHECK_FALSE(
      ReachWith(Document("DummyLinkConfig", "name: dummy0\n" + address)).IsUsable("10.0.0.9"));
}

TEST_CASE("reach: a caller is told that the address he talks to goes") {
  const Reach leased = ReachWith("machine: {type: worker}\n");
  const Reach fixed =
      ReachWith(Document("LinkConfig", "name: enp0s3\naddresses: [{address: 10.0.0.5/24}]\n"));
  const Reach other =
      ReachWith(Document("LinkConfig", "name: enp0s3\naddresses: [{address: 10.0.0.6/24}]\n"));
  const auto now = AddressOn("enp0s3");
  const std::string lost =
      "the address 10.0.0.5, at which you talk to the node, goes from enp0s3 with this config";
  CHECK(DescribeLoss("10.0.0.5", fixed, other, now) == lost + "; 10.0.0.6 is there then");
  CHECK(DescribeLoss("10.0.0.5", leased, other, now) == lost + "; 10.0.0.6 is there then");
  CHECK(DescribeLoss("10.0.0.5", fixed, leased, now) == lost);
  CHECK_FALSE(DescribeLoss("10.0.0.5", leased, leased, now).has_value());
  CHECK_FALSE(DescribeLoss("10.0.0.5", leased, fixed, now).has_value());
  CHECK_FALSE(DescribeLoss("127.0.0.1", fixed, other, now).has_value());
}

}  // namespace ichor
