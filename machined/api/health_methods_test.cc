#include <string>

#include "catch2/catch_test_macros.hpp"
#include "cluster/cluster.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "machined/api/api_fixture.h"
#include "machined/secrets/kubeconfig.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor::api {
namespace {

using std::chrono_literals::operator""s;

constexpr const char* kMethod = "/cluster.ClusterService/HealthCheck";

void GiveAccess(ApiFixture& f) {
  secrets::KubernetesSecret::Spec secret;
  secret.set_localhost_admin_kubeconfig(RenderKubeconfig(
      {.cluster = "c", .endpoint = "https://x", .ca_pem = "ca", .user = "u", .context = "u"},
      Text("crt: 'crt' key: 'key'")));
  f.t.runtime.Publish<secrets::KubernetesSecret>("test", {{"k8s-certs", std::move(secret)}});
  f.t.runtime.Publish<secrets::EtcdRootSecret>("test", {{"etcd", Text("")}});
  f.Turn();
}

std::string Lines(const Received& received) {
  std::string lines;
  for (const std::string& message : received.messages) {
    cluster::HealthCheckProgress progress;
    REQUIRE(progress.ParseFromString(message));
    lines += progress.message() + "\n";
  }
  return lines;
}

TEST_CASE("health: a node without a control plane does not look at the cluster") {
  ApiFixture f;
  CHECK_THAT(f.Ask(kMethod).status(), base::StatusIs(absl::StatusCode::kUnimplemented,
                                                     "this node does not look at a cluster"));
}

TEST_CASE("health: a cause is told once, the next one when it is met, until the time is over") {
  ApiFixture f;
  GiveAccess(f);
  cluster::HealthCheckRequest request;
  request.mutable_wait_timeout()->set_seconds(10);
  request.mutable_cluster_info()->add_control_plane_nodes("10.0.0.1");
  const auto received = f.Open(kMethod, request.SerializeAsString());
  f.Turn();
  f.t.Advance(4s);
  f.Turn();
  const std::string first =
      "discovered nodes: [10.0.0.1]\nwaiting for etcd to be healthy: service etcd is not there\n";
  CHECK(Lines(*received) == first);
  f.t.runtime.Publish<v1alpha1::Service>("test", {{"etcd", Text("running: true healthy: true")}});
  f.t.Advance(2s);
  f.Turn();
  CHECK(Lines(*received) == first +
                                "waiting for etcd to be healthy: OK\n"
                                "waiting for etcd members to be consistent across nodes: etcd at "
                                "127.0.0.1: etcd does not run: waits for a test\n");
  CHECK_FALSE(received->over);
  f.t.Advance(10s);
  f.Turn();
  CHECK(received->over);
  CHECK_THAT(received->status,
             base::StatusIs(absl::StatusCode::kDeadlineExceeded,
                            "waiting for etcd members to be consistent across nodes: etcd at "
                            "127.0.0.1: etcd does not run: waits for a test"));
}

}  // namespace
}  // namespace ichor::api
