#include "machined/readiness/policy.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/resource/yaml.h"
#include "lib/runtime/test_rows.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

constexpr const char* kNoNetwork =
    "not_ready: 'container runtime network not ready: NetworkReady=false "
    "reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not "
    "initialized'";
constexpr const char* kMore =
    "not_ready: '[container runtime network not ready: NetworkReady=false, PLEG is not healthy]'";

const KubernetesWish kNode{.wanted = true};

// Of the node n1.
std::string NodeOf(const KubernetesWish& wish, const char* status, const char* condition) {
  return DecideReadiness(wish, AllOf<k8s::Nodename>({{"nodename", "nodename: 'n1'"}}),
                         AllOf<k8s::NodeStatus>({{"n1", status}}),
                         AllOf<k8s::NodeCondition>({{"n1", condition}}),
                         AllOf<k8s::StaticPodStatus>({}))
      .node();
}

k8s::StaticPodStatus::Spec Pod(const std::string& yaml) {
  k8s::StaticPodStatus::Spec spec;
  REQUIRE(FromYaml(yaml, *spec.mutable_pod_status()).ok());
  return spec;
}

}  // namespace

TEST_CASE("readiness: a machine without Kubernetes lacks nothing of it") {
  const auto readiness =
      DecideReadiness({}, AllOf<k8s::Nodename>({}), AllOf<k8s::NodeStatus>({}),
                      AllOf<k8s::NodeCondition>({}), AllOf<k8s::StaticPodStatus>({}));
  CHECK(readiness.ByteSizeLong() == 0);
  CHECK_FALSE(KubernetesWishOf(ConfigRow("apiVersion: v1alpha1\nkind: HostnameConfig\n")).wanted);
}

TEST_CASE("readiness: a node counts when it is Ready, as the API server sees it") {
  const auto none = AllOf<k8s::NodeStatus>({});
  CHECK(DecideReadiness(kNode, AllOf<k8s::Nodename>({{"nodename", "nodename: 'n1'"}}), none,
                        AllOf<k8s::NodeCondition>({}), AllOf<k8s::StaticPodStatus>({}))
            .node() == "node \"n1\" status is not available yet");
  CHECK(NodeOf(kNode, "node_ready: false", kNoNetwork) == "node \"n1\" is not ready");
  CHECK(NodeOf(kNode, "node_ready: true", "").empty());
  CHECK(NodeOf({.wanted = true, .registered = false}, "node_ready: false", "").empty());
}

TEST_CASE("readiness: a network that is left to others is not waited for, all else is") {
  const KubernetesWish wish{.wanted = true, .no_network = true};
  CHECK(NodeOf(wish, "node_ready: false", kNoNetwork).empty());
  CHECK(NodeOf(wish, "node_ready: false", kMore) == "node \"n1\" is not ready");
  CHECK(NodeOf(wish, "node_ready: false", "not_ready: 'PLEG is not healthy'") ==
        "node \"n1\" is not ready");
}

TEST_CASE("readiness: static pods that are not well are named") {
  const auto readiness = DecideReadiness(
      kNode, AllOf<k8s::Nodename>({}), AllOf<k8s::NodeStatus>({}), AllOf<k8s::NodeCondition>({}),
      AllOf<k8s::StaticPodStatus>(
          {{"s/a", Pod("phase: Running\nconditions: [{type: Ready, status: \"True\"}]")},
           {"s/b", Pod("phase: Running\nconditions: [{type: Ready, status: \"False\"}]")},
           {"s/c", Pod("phase: Pending")},
           {"s/d", Pod("phase: Failed")},
           {"s/e", Pod("phase: Succeeded")},
           {"s/f", Pod("{}")}}));
  CHECK(readiness.static_pods() == "s/b not ready, s/c pending, s/d failed, s/f unknown");
}

TEST_CASE("readiness: what is wanted follows from either form of the config") {
  const TestCluster cluster = TestCluster::Make(base::FakeClock().Now());
  const bool documents = GENERATE(false, true);
  const auto wish = KubernetesWishOf(ConfigRow(
      documents ? cluster.Documents() : cluster.OneDocument("network: {cni: {name: none}}")));
  CHECK(wish.wanted);
  CHECK(wish.control_plane);
  CHECK(wish.registered);
  CHECK(wish.endpoint.starts_with("https://"));
  CHECK((documents || wish.no_network));
  const auto readiness =
      DecideReadiness(wish, AllOf<k8s::Nodename>({}), AllOf<k8s::NodeStatus>({}),
                      AllOf<k8s::NodeCondition>({}), AllOf<k8s::StaticPodStatus>({}));
  REQUIRE(readiness.services_size() == 3);
  CHECK(readiness.services(1) == "etcd");
}

}  // namespace ichor
