#include "machined/kubernetes/addresses.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/address_text.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

common::NetIP Ip(const std::string& text) {
  return *ParseNetIP(text);
}

std::string Shown(const std::vector<common::NetIP>& addresses) {
  std::string text;
  for (const common::NetIP& address : addresses) {
    text += (text.empty() ? "" : " ") + ToText(address);
  }
  return text;
}

}  // namespace

TEST_CASE("cluster addresses: one of a network by its place") {
  CHECK(ToText(*AddressIn("10.96.0.0/12", 1)) == "10.96.0.1");
  CHECK(ToText(*AddressIn("10.96.0.0/12", 10)) == "10.96.0.10");
  CHECK(ToText(*AddressIn("10.96.0.250/12", 10)) == "10.96.1.4");
  CHECK(ToText(*AddressIn("fd02::/112", 10)) == "fd02::a");
  CHECK_FALSE(AddressIn("10.96.0.0/30", 10).has_value());
  CHECK_FALSE(AddressIn("255.255.255.255/0", 1).has_value());
  CHECK_FALSE(AddressIn("nonsense", 1).has_value());
}

TEST_CASE("cluster addresses: where a URL leads") {
  const auto shown = [](const char* url) {
    const Endpoint endpoint = EndpointOf(url);
    return endpoint.host + " " + std::to_string(endpoint.port);
  };
  CHECK(shown("https://api.example.org:6443") == "api.example.org 6443");
  CHECK(shown("https://api.example.org/x") == "api.example.org 443");
  CHECK(shown("https://[fd00::1]:6443/") == "fd00::1 6443");
  CHECK(shown("https://[fd00::1]") == "fd00::1 443");
}

TEST_CASE("cluster addresses: networks choose addresses, and refuse others") {
  CHECK(Matches(Ip("10.0.0.1"), {}));
  CHECK(Matches(Ip("10.0.0.1"), {"10.0.0.0/8"}));
  CHECK_FALSE(Matches(Ip("192.168.0.1"), {"10.0.0.0/8"}));
  CHECK(Matches(Ip("192.168.0.1"), {"!10.0.0.0/8"}));
  CHECK_FALSE(Matches(Ip("10.1.0.1"), {"!10.1.0.0/16", "10.0.0.0/8"}));
  CHECK(Matches(Ip("fd00::1"), {"10.0.0.0/8", "fd00::1"}));
  CHECK_FALSE(Matches(Ip("fd00::1"), {"0.0.0.0/0"}));
}

TEST_CASE(
    "cluster addresses: neither those of pods and services nor virtual ones are a node's own") {
  const TestCluster cluster = TestCluster::Make(base::WallTime());
  const auto settings = KubernetesSettings::OfControlPlane(ConfigRow(cluster.Documents(
      "---\napiVersion: v1alpha1\nkind: Layer2VIPConfig\nname: 192.168.0.100\nlink: eth0\n")));
  REQUIRE(settings.has_value());
  network::NodeAddress::Spec list;
  for (const char* const text :
       {"10.244.0.1/24", "10.97.0.1/32", "192.168.0.2/24", "192.168.0.100/32", "fd01::1/64"}) {
    *list.add_addresses() = *ParseNetIPPrefix(text);
  }
  const auto rows = AllOf<network::NodeAddress>({{"current", list}});
  auto own = NodeAddressesOf(rows, "current", *settings);
  CHECK(Shown(own) == "192.168.0.2 192.168.0.100");
  CHECK(Shown(WithoutVirtual(own, settings->config())) == "192.168.0.2");
  CHECK(NodeAddressesOf(rows, "routed", *settings).empty());
}

}  // namespace ichor
