#include "machined/kubernetes/node.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/text.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

template <class T>
All<T> RowsOf(absl::StatusOr<Desired<T>> desired) {
  REQUIRE_THAT(desired, base::IsOk());
  return Stated(*std::move(desired));
}

std::string NodeDocument(const std::string& body) {
  return "---\napiVersion: v1alpha1\nkind: KubeNodeConfig\n" + body + "\n";
}

std::string ChosenIps(const std::string& text) {
  network::NodeAddress::Spec list;
  for (const char* const address :
       {"10.0.0.2/24", "10.244.0.1/24", "192.168.0.2/24", "2001:db8::2/64", "fd01::1/64"}) {
    *list.add_addresses() = *ParseNetIPPrefix(address);
  }
  const auto configs = ConfigRow(text);
  const auto rows = RowsOf(ChooseNodeIps(configs, RowsOf(DeriveNodeIpConfig(configs)),
                                         AllOf<network::NodeAddress>({{"routed", list}})));
  std::string ips;
  for (const auto& row : rows) {
    for (const common::NetIP& ip : row.spec().addresses()) {
      ips += (ips.empty() ? "" : " ") + ToText(ip);
    }
  }
  return ips;
}

constexpr const char* kStranger = "machine: {type: worker}\ncluster: {}\n";

}  // namespace

TEST_CASE("node: its name is the hostname, as Kubernetes allows it") {
  CHECK(NodenameOf("Node_1.Example") == "node-1.example");
  CHECK(NodenameOf("-a b!c.") == "abc");
  CHECK(NodenameOf("..").empty());
  const auto hostnames = AllOf<network::HostnameStatus>(
      {{"hostname", Text("hostname: 'N1' domainname: 'example.org'")}});
  const auto name = [&](const std::string& text) {
    return RowsOf(DeriveNodename(ConfigRow(text), hostnames)).front().spec().nodename();
  };
  CHECK(name(Cluster().OneDocument()) == "n1");
  CHECK(name(Cluster().Documents(NodeDocument("registerWithFQDN: true"))) == "n1.example.org");
  CHECK(RowsOf(DeriveNodename(ConfigRow(kStranger), hostnames)).empty());
}

TEST_CASE("node: its addresses, of the families that services have") {
  const auto wish = RowsOf(DeriveNodeIpConfig(ConfigRow(Cluster().Documents()))).front().spec();
  CHECK(std::vector<std::string>(wish.valid_subnets().begin(), wish.valid_subnets().end()) ==
        std::vector<std::string>{"0.0.0.0/0", "::/0"});
  CHECK(std::vector<std::string>(wish.exclude_subnets().begin(), wish.exclude_subnets().end()) ==
        std::vector<std::string>{"10.244.0.0/16", "fd01::/56", "10.96.0.0/12", "fd02::/112"});
  CHECK(ChosenIps(Cluster().Documents()) == "10.0.0.2 2001:db8::2");
  CHECK(ChosenIps(Cluster().OneDocument()) == "10.0.0.2");
  CHECK(ChosenIps(Cluster().Documents(NodeDocument(
            "nodeIP: {validSubnets: [192.168.0.0/16, \"!10.0.0.0/8\"]}"))) == "192.168.0.2");
  CHECK(ChosenIps(Cluster().Documents(NodeDocument("nodeIP: {validSubnets: [172.16.0.0/12]}")))
            .empty());
}

TEST_CASE("node: labels, annotations and taints by key") {
  const auto configs = ConfigRow(Cluster().Documents(NodeDocument(
      "labels: {a: b}\nannotations: {c: d}\ntaints: {e: NoExecute, f: \"v:NoSchedule\"}")));
  const auto labels = RowsOf(DeriveLabels(configs));
  CHECK(Ids(labels) == "a node-role.kubernetes.io/control-plane");
  CHECK(labels.front().spec().value() == "b");
  CHECK(RowsOf(DeriveAnnotations(configs)).front().spec().value() == "d");
  const auto taints = RowsOf(DeriveTaints(configs));
  REQUIRE(Ids(taints) == "e f");
  CHECK(taints[0].spec().effect() == "NoExecute");
  CHECK(taints[0].spec().value().empty());
  CHECK(taints[1].spec().effect() == "NoSchedule");
  CHECK(taints[1].spec().value() == "v");
  CHECK(Ids(RowsOf(DeriveTaints(ConfigRow(Cluster().OneDocument())))) ==
        "node-role.kubernetes.io/control-plane");
  CHECK(RowsOf(DeriveLabels(ConfigRow(kStranger))).empty());
}

TEST_CASE("kubeprism: where API servers are, and the balancer's port") {
  const auto configs = ConfigRow(Cluster().Documents());
  const auto endpoints = RowsOf(DeriveKubePrismEndpoints(configs));
  REQUIRE(Ids(endpoints) == "k8s-cluster");
  REQUIRE(endpoints.front().spec().endpoints_size() == 2);
  CHECK(endpoints.front().spec().endpoints(0).host() == "api.example.org");
  CHECK(endpoints.front().spec().endpoints(0).port() == 6443);
  CHECK(endpoints.front().spec().endpoints(1).host() == "localhost");
  const auto prism = RowsOf(DeriveKubePrism(configs, endpoints));
  REQUIRE(Ids(prism) == "k8s-loadbalancer-config");
  CHECK(prism.front().spec().host() == "127.0.0.1");
  CHECK(prism.front().spec().port() == 7445);
  CHECK(prism.front().spec().endpoints_size() == 2);
  CHECK(RowsOf(DeriveKubePrism(ConfigRow(Cluster().OneDocument()), endpoints)).empty());
}

}  // namespace ichor
