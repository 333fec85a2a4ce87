#include "machined/readiness/register.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/resource/tree.h"
#include "machined/cluster_api/test_room.h"
#include "machined/kubernetes/test_config.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""s;

// A control plane whose kubelet runs.
struct Fixture : TestRoom {
  Fixture() {
    t.runtime.OnSettled([this] { readiness.OnSettled(); });
    t.runtime.AddSource<config::MachineConfig>("test");
    t.runtime.AddSource<services::ServiceState>("test");
    t.runtime.AddSource<k8s::NodeCondition>("test");
    t.runtime.Publish<time::TimeStatus>("test", {{"node", Text("synced: true")}});
    t.runtime.Publish<secrets::KubeletSecret>("test",
                                              {{"kubelet", Text("accepted_cas { crt: 'A' }")}});
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    t.Settle();
  }

  void SetConfig(const std::string& cluster = "") {
    const auto rows = ConfigRow(TestCluster::Make(t.clock.Now()).OneDocument(cluster));
    t.runtime.Publish<config::MachineConfig>("test", {{"v1alpha1", rows.front().spec()}});
    t.Advance(1s);
  }

  void SetEtcd(const std::string& message) {
    services::ServiceState::Spec etcd;
    etcd.set_message(message);
    services::ServiceState::Spec kubelet;
    kubelet.set_state(services::ServiceState::Spec::RUNNING);
    t.runtime.Publish<services::ServiceState>("test", {{"etcd", etcd}, {"kubelet", kubelet}});
    t.Advance(1s);
  }

  std::string Diagnosed(std::string_view id = kKubernetesDiagnostic) {
    const auto rows = t.runtime.Read<runtime::Diagnostic>();
    const auto row = rows.find(id);
    return row == rows.end() ? "" : row->spec().message();
  }

  Readiness readiness{t.runtime, Parts()};
};

}  // namespace

TEST_CASE("readiness: stated once the config is known") {
  Fixture f;
  CHECK(f.t.runtime.Read<k8s::KubernetesReadiness>().empty());
  f.t.runtime.Publish<config::MachineConfig>("test", {});
  f.t.Advance(1s);
  REQUIRE(f.t.runtime.Read<k8s::KubernetesReadiness>().size() == 1);
  CHECK(f.t.runtime.Read<k8s::KubernetesReadiness>().front().spec().ByteSizeLong() == 0);
  f.SetConfig();
  CHECK(f.t.runtime.Read<k8s::KubernetesReadiness>().front().spec().node() ==
        "node \"\" status is not available yet");
}

TEST_CASE("readiness: a cause is told when it has lasted, and goes at once") {
  Fixture f;
  f.SetConfig();
  f.SetEtcd("waits for bootstrap: run it");
  CHECK(f.Diagnosed().empty());
  f.t.Advance(5s);
  CHECK(f.Diagnosed() == "etcd waits for bootstrap: run it");
  f.SetEtcd("process 7");
  CHECK(f.Diagnosed().empty());
}

TEST_CASE("readiness: the cluster's endpoint is asked, and what is wrong with it goes again") {
  Fixture f;
  f.api.failures["/version"] = absl::UnavailableError("Could not resolve host: api");
  f.SetConfig();
  f.SetEtcd("process 7");
  f.t.Advance(20s);
  CHECK(f.Diagnosed().starts_with("the name of the cluster's endpoint does not resolve: "));
  f.api.failures.clear();
  f.t.Advance(15s);
  CHECK(f.Diagnosed().empty());
  const size_t calls = f.api.calls.size();
  f.t.Advance(290s);
  CHECK(f.api.calls.size() == calls);
  f.t.Advance(10s);
  CHECK(f.api.calls.size() == calls + 1);
}

TEST_CASE("readiness: a network of containers that is left to others is a diagnostic of its own") {
  Fixture f;
  f.SetConfig("network: {cni: {name: none}}");
  k8s::NodeCondition::Spec condition;
  condition.set_not_ready("container runtime network not ready: cni plugin not initialized");
  f.t.runtime.Publish<k8s::NodeCondition>("test", {{"n1", condition}});
  f.t.Advance(1s);
  CHECK(f.Diagnosed(kNetworkDiagnostic) == "CNI: none installed");
  f.t.runtime.Publish<k8s::NodeCondition>("test", {{"n1", {}}});
  f.t.Advance(1s);
  CHECK(f.Diagnosed(kNetworkDiagnostic).empty());
}

}  // namespace ichor
