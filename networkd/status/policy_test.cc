#include "networkd/status/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichor/resource.pb.h"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"
#include "networkd/link/names.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;

network::AddressStatus::Spec Address(const std::string& text, enums::NethelpersScope scope,
                                     const std::string& link = "eth0") {
  network::AddressStatus::Spec spec;
  *spec.mutable_address() = ParseNetIPPrefix(text).value_or(common::NetIPPrefix());
  spec.set_scope(scope);
  spec.set_link_name(link);
  return spec;
}

network::LinkStatus::Spec Link(bool carrier) {
  network::LinkStatus::Spec spec;
  spec.set_type(enums::LINK_ETHER);
  spec.set_flags(ichor::definitions::LINK_UP);
  spec.set_link_state(carrier);
  return spec;
}

std::string Text(const network::NodeAddress::Spec& list) {
  std::string text;
  for (const auto& address : list.addresses()) {
    text += (text.empty() ? "" : " ") + ToText(address);
  }
  return text;
}

}  // namespace

TEST_CASE("node addresses: what others can reach, IPv4 first") {
  const LinkRows links{{"eth0", Link(true)}, {"eth1", Link(false)}, {"lo", Link(true)}};
  const AddressRows addresses{
      Address("fec0::5054:ff:fe12:3456/64", enums::SCOPE_SITE),
      Address("2001:db8::2/64", enums::SCOPE_GLOBAL),
      Address("fe80::1/64", enums::SCOPE_LINK),
      Address("169.254.3.4/16", enums::SCOPE_GLOBAL),
      Address("10.0.2.15/24", enums::SCOPE_GLOBAL),
      Address("10.0.1.9/24", enums::SCOPE_GLOBAL, "eth1"),
      Address("127.0.0.1/8", enums::SCOPE_HOST, "lo"),
  };
  const NodeAddressRows rows = NodeAddressLists(addresses, links, {});
  CHECK(Text(rows.at("current")) == "10.0.2.15/24 2001:db8::2/64 fec0::5054:ff:fe12:3456/64");
  CHECK(Text(rows.at("default")) == "10.0.2.15/24");
}

TEST_CASE("node addresses: filters make lists of their own") {
  NodeAddressRows lists;
  for (const char* const id : {"accumulative", "current", "default", "routed"}) {
    for (const char* const text : {"10.0.2.15/24", "10.244.0.1/24", "fd00:1::7/64"}) {
      *lists[id].add_addresses() = ParseNetIPPrefix(text).value_or(common::NetIPPrefix());
    }
  }
  network::NodeAddressFilter::Spec without;
  *without.add_exclude_subnets() = *ParseNetIPPrefix("10.244.0.0/16");
  *without.add_exclude_subnets() = *ParseNetIPPrefix("fd00:1::/48");
  network::NodeAddressFilter::Spec only;
  *only.add_include_subnets() = *ParseNetIPPrefix("10.244.0.0/16");
  *only.add_include_subnets() = *ParseNetIPPrefix("fd00:1::/48");
  *only.add_exclude_subnets() = *ParseNetIPPrefix("fd00:1::7/128");
  const NodeAddressRows rows = FilteredLists(
      lists, AllOf<network::NodeAddressFilter>({{"no-k8s", without}, {"only-k8s", only}}));
  CHECK(rows.size() == 6);  // none of the default
  for (const std::string id : {"accumulative", "current", "routed"}) {
    CHECK(Text(rows.at(id + "-no-k8s")) == "10.0.2.15/24");
    CHECK(Text(rows.at(id + "-only-k8s")) == "10.244.0.1/24");
  }
  CHECK(FilteredLists(lists, AllOf<network::NodeAddressFilter>({})).empty());
}

TEST_CASE("node addresses: the default stays while it is there, what was there is kept") {
  const LinkRows links{{"eth0", Link(true)}};
  const NodeAddressRows first =
      NodeAddressLists({Address("10.0.2.15/24", enums::SCOPE_GLOBAL)}, links, {});
  const NodeAddressRows second = NodeAddressLists(
      {Address("10.0.2.15/24", enums::SCOPE_GLOBAL), Address("10.0.2.3/24", enums::SCOPE_GLOBAL)},
      links, first);
  CHECK(Text(second.at("default")) == "10.0.2.15/24");
  const NodeAddressRows third =
      NodeAddressLists({Address("10.0.2.3/24", enums::SCOPE_GLOBAL)}, links, second);
  CHECK(Text(third.at("default")) == "10.0.2.3/24");
  CHECK(Text(third.at("current")) == "10.0.2.3/24");
  CHECK(Text(third.at("accumulative")) == "10.0.2.3/24 10.0.2.15/24");
}

TEST_CASE("node addresses: what the platform forwards is reached by others, and not routed") {
  AddressRows addresses = ExternalAddresses(
      AllOf<network::PlatformConfig>({{"active", "external_ips { ip: '\\005\\t\\000\\001' }"},
                                      {"cached", "external_ips { ip: '\\006\\t\\000\\001' }"}}));
  CHECK(addresses.size() == 1);
  const NodeAddressRows before = NodeAddressLists(addresses, {}, {});
  CHECK(Text(before.at("current")) == "5.9.0.1/32");
  CHECK(!before.contains("default"));
  addresses.push_back(Address("10.0.2.15/24", enums::SCOPE_GLOBAL));
  const NodeAddressRows rows = NodeAddressLists(addresses, {{"eth0", Link(true)}}, before);
  CHECK(Text(rows.at("current")) == "5.9.0.1/32 10.0.2.15/24");
  CHECK(Text(rows.at("routed")) == "10.0.2.15/24");
  CHECK(Text(rows.at("default")) == "10.0.2.15/24");
}

TEST_CASE("hardware address: of the first card by name, and none without a card") {
  const auto row = [](const Links& links) { return Stated(*FirstHardwareAddress(links)); };
  CHECK(row(AllOf<network::LinkStatus>({{"lo", "type: LINK_LOOPBCK"}})).empty());
  const auto rows = row(AllOf<network::LinkStatus>(
      {{"bond0", "type: LINK_ETHER kind: 'bond' hardware_addr: 'xxxxxx'"},
       {"enp0s3", "type: LINK_ETHER hardware_addr: 'abcdef'"},
       {"enp0s4", "type: LINK_ETHER hardware_addr: 'ghijkl'"}}));
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id() == "first");
  CHECK(rows.front().spec().name() == "enp0s3");
  CHECK(rows.front().spec().hardware_addr() == "abcdef");
}

}  // namespace ichor::networkd
