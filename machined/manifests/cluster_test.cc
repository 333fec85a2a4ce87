// What the node says to a real API server. Run by the stage "cluster", which names one.
#include <cstdlib>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/kube/connection.h"
#include "lib/kube/json.h"
#include "lib/kube/objects.h"
#include "lib/resource/tree.h"
#include "lib/runtime/test_rows.h"
#include "machined/cluster_api/access.h"
#include "machined/kubernetes/test_config.h"
#include "machined/manifests/apply.h"
#include "machined/manifests/extra.h"
#include "machined/manifests/manifests.h"
#include "machined/node_object/policy.h"
#include "machined/secrets/cluster_roots.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

kube::Connection Connect() {
  const char* const path = std::getenv("ICHOR_KUBECONFIG");
  REQUIRE(path != nullptr);
  const auto access = KubeletAccess(path);
  REQUIRE_THAT(access, IsOk());
  return kube::Connection(*access);
}

All<k8s::Manifest> Manifests(const std::string& more) {
  const TestCluster cluster = TestCluster::Make(base::WallTime());
  const auto config = ConfigRow(cluster.Documents(
      "---\napiVersion: v1alpha1\nkind: KubeFlannelCNIConfig\nbackendType: vxlan\n"
      "backendPort: 4789\nkubeNetworkPoliciesEnabled: true\n"
      "---\napiVersion: v1alpha1\nkind: KubeProxyConfig\nenabled: true\n"
      "image: registry.k8s.io/kube-proxy:v1.36.0\nconfig: {mode: nftables}\n" +
      more));
  auto rows =
      RenderManifests(Stated(*DeriveManifests(config)), Stated(*DeriveKubernetesRoot(config)));
  REQUIRE_THAT(rows, IsOk());
  Desired<k8s::Manifest> all = *std::move(rows);
  const auto extra = Stated(*RenderInlineManifests(Stated(*DeriveExtraManifests(config))));
  for (const auto& row : extra) {
    all.Add(std::string(row.id()), row.spec());
  }
  return Stated(std::move(all));
}

constexpr const char* kInline =
    "---\napiVersion: v1alpha1\nkind: KubeInlineManifestConfig\nname: things\nmanifest: |\n"
    "  apiVersion: x.io/v1\n  kind: Thing\n  metadata: {name: t, namespace: own}\n  ---\n"
    "  apiVersion: v1\n  kind: Namespace\n  metadata: {name: own}\n  ---\n"
    "  apiVersion: apiextensions.k8s.io/v1\n  kind: CustomResourceDefinition\n"
    "  metadata: {name: things.x.io}\n"
    "  spec: {group: x.io, scope: Namespaced, names: {kind: Thing, plural: things}, versions: "
    "[{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n";

}  // namespace

TEST_CASE("cluster: a real API server takes every manifest, once", "[.cluster]") {
  kube::Connection api = Connect();
  const auto manifests = Manifests(kInline);
  AppliedManifests applied;
  for (int attempt = 0; attempt < 50; ++attempt) {  // a new kind is not served at once
    applied = ApplyManifests(manifests, api);
    if (applied.status.ok()) {
      break;
    }
    INFO(applied.status);
    REQUIRE(absl::IsNotFound(applied.status));
  }
  CHECK_THAT(applied.status, IsOk());
  CHECK(applied.ids.size() == manifests.size());

  const AppliedManifests again = ApplyManifests(manifests, api);
  CHECK_THAT(again.status, IsOk());
  CHECK(again.made.empty());

  kube::Objects objects(api, "test");
  const kube::Reference resolver{
      .api_version = "apps/v1", .kind = "Deployment", .ns = "kube-system", .name = "coredns"};
  const auto there = objects.Get(resolver);
  REQUIRE_THAT(there, IsOk());
  CHECK(TextAt(*there, {"metadata", "annotations", "config.k8s.io/owning-inventory"}) ==
        "talos-bootstrap-manifests-inventory");
  const auto* const managers = Find(*there, {"metadata", "managedFields"});
  REQUIRE(managers != nullptr);
  CHECK(TextAt(managers->list_value().values(0).struct_value(), {"manager"}) == "talos");
  CHECK(TextAt(managers->list_value().values(0).struct_value(), {"operation"}) == "Apply");

  REQUIRE_THAT(api.Do({.method = "DELETE",
                       .path = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"})
                   .status(),
               IsOk());
  CHECK(ApplyManifests(manifests, api).made.empty());
  CHECK(absl::IsNotFound(objects.Get(resolver).status()));
}

TEST_CASE("cluster: the node's own object, as a real API server keeps it", "[.cluster]") {
  kube::Connection api = Connect();
  REQUIRE_THAT(api.Do({.method = "POST",
                       .path = "/api/v1/nodes",
                       .content_type = "application/json",
                       .body = R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},)"
                               R"("spec":{"taints":[{"key":"a","effect":"NoSchedule"}]}})"})
                   .status(),
               IsOk());
  kube::Objects objects(api, "talos");
  const kube::Reference reference{.api_version = "v1", .kind = "Node", .name = "n1"};
  NodeWish wish{.labels = {{"node-role.kubernetes.io/control-plane", ""}},
                .annotations = {{"note", "\"quoted\""}},
                .taints = {{"b", Text("key: 'b' value: 'c' effect: 'NoSchedule'")}},
                .cordon = NodeWish::Cordon::kOn};
  auto node = objects.Get(reference);
  REQUIRE_THAT(node, IsOk());
  const auto patch = PlanNode(*node, wish);
  REQUIRE(patch.has_value());
  REQUIRE_THAT(objects.Patch(reference, *patch), IsOk());
  CHECK(absl::IsAborted(objects.Patch(reference, *patch)));
  node = objects.Get(reference);
  REQUIRE_THAT(node, IsOk());
  CHECK_FALSE(PlanNode(*node, wish).has_value());
  const auto status = NodeStatusOf(*node);
  CHECK(status.unschedulable());
  CHECK(status.labels().contains("node-role.kubernetes.io/control-plane"));
  CHECK(status.annotations().at("note") == "\"quoted\"");
  wish = {.cordon = NodeWish::Cordon::kOff};
  const auto back = PlanNode(*node, wish);
  REQUIRE(back.has_value());
  REQUIRE_THAT(objects.Patch(reference, *back), IsOk());
  node = objects.Get(reference);
  REQUIRE_THAT(node, IsOk());
  CHECK_FALSE(NodeStatusOf(*node).unschedulable());
  CHECK(NodeStatusOf(*node).annotations().empty());
  CHECK(Find(*node, {"spec", "taints"})->list_value().values_size() == 2);  // one is the server's

  const auto slice =
      api.Do({.path = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes"});
  REQUIRE_THAT(slice, IsOk());
  CHECK(EndpointOfSlice(*slice).addresses_size() == 1);
}

TEST_CASE("cluster: an error is the server's own sentence", "[.cluster]") {
  kube::Connection api = Connect();
  kube::Objects objects(api, "talos");
  CHECK_THAT(objects.Get({.api_version = "v1", .kind = "Node", .name = "nobody"}).status(),
             StatusIs(absl::StatusCode::kNotFound,
                      "GET /api/v1/nodes/nobody: nodes \"nobody\" not found"));
  CHECK(absl::IsInvalidArgument(
      objects.Apply(Object({{"apiVersion", "v1"},
                            {"kind", "Service"},
                            {"metadata", Object({{"name", "s"}, {"namespace", "default"}})},
                            {"spec", Object({{"ports", List({Object({{"port", 0}})})}})}}))));
}

}  // namespace ichor
