#include "machined/node_object/register.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/resource/tree.h"
#include "machined/cluster_api/test_room.h"
#include "machined/secrets/kubeconfig.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""s;

struct Fixture : TestRoom {
  Fixture() {
    t.runtime.Publish<k8s::Nodename>("test", {{"nodename", Text("nodename: 'n1'")}});
    t.runtime.Publish<k8s::NodeLabelSpec>("test", {{"a", Text("key: 'a' value: 'b'")}});
    t.runtime.Publish<k8s::NodeAnnotationSpec>("test", {});
    t.runtime.Publish<k8s::NodeTaintSpec>("test", {});
    t.runtime.Publish<runtime::MachineStatus>("test",
                                              {{"machine", Text("stage: MACHINE_STAGE_RUNNING")}});
    t.runtime.Publish<config::MachineType>("test",
                                           {{"machine-type", Text("machine_type: CONTROL_PLANE")}});
    secrets::KubernetesSecret::Spec secret;
    secret.set_localhost_admin_kubeconfig(RenderKubeconfig({.cluster = "c",
                                                            .endpoint = "https://127.0.0.1:7445",
                                                            .ca_pem = "ca",
                                                            .user = "u",
                                                            .context = "u"},
                                                           Text("crt: 'crt' key: 'key'")));
    t.runtime.Publish<secrets::KubernetesSecret>("test", {{"k8s-certs", std::move(secret)}});
    SetService("kubelet", true);
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  }

  NodeObject node{t.runtime, Parts()};
};

}  // namespace

TEST_CASE("node object: labelled once the kubelet has registered it, and looked at from then on") {
  Fixture f;
  f.t.Advance(30s);
  CHECK(f.t.runtime.Read<k8s::NodeStatus>().empty());
  f.api.Put("/api/v1/nodes/n1", Object({{"metadata", Object({{"name", "n1"}})}}));
  f.t.Advance(11s);
  CHECK(TextAt(f.api.At("/api/v1/nodes/n1"), {"metadata", "labels", "a"}) == "b");
  auto statuses = f.t.runtime.Read<k8s::NodeStatus>();
  REQUIRE(statuses.size() == 1);
  CHECK(statuses.front().id() == "n1");
  CHECK(statuses.front().spec().labels().at("a") == "b");
  CHECK(f.t.runtime.Read<k8s::Endpoint>().empty());

  f.api.Put("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes",
            Object({{"endpoints", List({Object({{"addresses", List({"10.0.0.1"})}})})}}));
  f.api.Put("/api/v1/nodes/n1", Object({{"metadata", Object({{"name", "n1"}})}}));
  f.t.Advance(10s);
  CHECK(TextAt(f.api.At("/api/v1/nodes/n1"), {"metadata", "labels", "a"}) == "b");
  CHECK(f.t.runtime.Read<k8s::Endpoint>().size() == 1);

  f.SetService("kubelet", false);
  CHECK(f.t.runtime.Read<k8s::NodeStatus>().empty());
  const size_t calls = f.api.calls.size();
  f.t.Advance(60s);
  CHECK(f.api.calls.size() == calls);
}

}  // namespace ichor
