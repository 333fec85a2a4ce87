#include "cni/flannel.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/kube/json.h"

namespace ichor::cni {
namespace {

constexpr const char* kFile =
    "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1450\n"
    "FLANNEL_IPMASQ=true\n";
constexpr const char* kBoth =
    "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n"
    "FLANNEL_IPV6_NETWORK=fd00:10::/56\nFLANNEL_IPV6_SUBNET=fd00:10:0:1::1/64\nFLANNEL_MTU=1370\n"
    "FLANNEL_IPMASQ=false\n";

std::string Delegated(const std::string& config, const char* file = kFile) {
  const auto delegate = DelegateConfig(kube::FromJson(config).value(), ParseSubnet(file).value());
  return delegate.ok() ? kube::ToJson(*delegate) : std::string(delegate.status().message());
}

std::string Problem(const std::string& file) {
  return std::string(ParseSubnet(file).status().message());
}

}  // namespace

TEST_CASE("flannel: a pod's network is a bridge with the subnet that this node has") {
  CHECK(Delegated(R"({"cniVersion": "1.0.0", "name": "cbr0", "type": "flannel",
                      "delegate": {"hairpinMode": true, "isDefaultGateway": true}})") ==
        R"({"cniVersion":"1.0.0","hairpinMode":true,"ipMasq":false,"ipam":{)"
        R"("ranges":[[{"subnet":"10.244.1.0/24"}]],"routes":[{"dst":"10.244.0.0/16"}],)"
        R"("type":"host-local"},"isDefaultGateway":true,"isGateway":true,"mtu":1450,)"
        R"("name":"cbr0","type":"bridge"})");
}

TEST_CASE("flannel: two families are two ranges; who masquerades when flanneld does not") {
  CHECK(Delegated(R"({"name": "cbr0"})", kBoth) ==
        R"({"ipMasq":true,"ipam":{"ranges":[[{"subnet":"10.244.1.0/24"}],)"
        R"([{"subnet":"fd00:10:0:1::/64"}]],"routes":[{"dst":"10.244.0.0/16"},)"
        R"({"dst":"fd00:10::/56"}],"type":"host-local"},"isGateway":true,"mtu":1370,)"
        R"("name":"cbr0","type":"bridge"})");
}

TEST_CASE("flannel: the node's own address says its network, of any size") {
  CHECK(Delegated(R"({})",
                  "FLANNEL_NETWORK=10.240.0.0/12\nFLANNEL_SUBNET=10.244.77.1/20\n"
                  "FLANNEL_MTU=1450\n")
            .contains(R"("subnet":"10.244.64.0/20")"));
}

TEST_CASE("flannel: what the config says counts before what we would say") {
  CHECK(Delegated(R"({"name": "n", "runtimeConfig": {"portMappings": []},
                      "prevResult": {"ips": []},
                      "ipam": {"dataDir": "/run/cni", "routes": [{"dst": "0.0.0.0/0"}]},
                      "delegate": {"type": "ptp", "mtu": 9000, "ipMasq": true}})") ==
        R"({"ipMasq":true,"ipam":{"dataDir":"/run/cni","ranges":[[{"subnet":"10.244.1.0/24"}]],)"
        R"("routes":[{"dst":"10.244.0.0/16"},{"dst":"0.0.0.0/0"}],"type":"host-local"},)"
        R"("mtu":9000,"name":"n","prevResult":{"ips":[]},"runtimeConfig":{"portMappings":[]},)"
        R"("type":"ptp"})");
}

TEST_CASE("flannel: a delegate says nothing that is this plugin's to say") {
  CHECK(Delegated(R"({"delegate": {"ipam": {}}})") ==
        "\"delegate\" must not have \"ipam\": it is this plugin's to say");
  CHECK(Delegated(R"({"delegate": {"name": "a"}})") ==
        "\"delegate\" must not have \"name\": it is this plugin's to say");
  CHECK(Delegated(R"({"delegate": 5})") == "\"delegate\" is no object");
}

TEST_CASE("flannel: a lease that is half is none") {
  CHECK(Problem("") == "it says no network");
  CHECK(Problem("FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_MTU=1450\n") ==
        "it says an IPv4 network without a subnet");
  CHECK(Problem("FLANNEL_IPV6_SUBNET=fd00::1/64\nFLANNEL_MTU=1450\n") ==
        "it says an IPv6 subnet without a network");
  CHECK(Problem("FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1\n") ==
        "\"10.244.1.1\" is no network");
  CHECK(Problem("FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1x\n") ==
        "FLANNEL_MTU is \"1x\", which is no MTU");
  CHECK(Problem("FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\n") ==
        "FLANNEL_MTU is \"\", which is no MTU");
}

TEST_CASE("flannel: an id of a container is no path") {
  CHECK(IsContainerId("0a3f-_.x"));
  CHECK(!IsContainerId(""));
  CHECK(!IsContainerId(".."));
  CHECK(!IsContainerId("a/b"));
  CHECK(!IsContainerId(std::string(300, 'a')));
}

}  // namespace ichor::cni
