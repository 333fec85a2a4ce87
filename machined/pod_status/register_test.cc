#include "machined/pod_status/register.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/resource/tree.h"
#include "machined/cluster_api/test_room.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""s;

struct Fixture : TestRoom {
  Fixture() {
    t.runtime.AddSource<secrets::KubernetesDynamicCert>("test");
    t.runtime.Publish<k8s::NodeStatus>("test", {});
    t.runtime.Publish<k8s::Nodename>("test", {{"nodename", Text("nodename: 'n1'")}});
    t.runtime.Publish<secrets::KubernetesRootSecret>(
        "test", {{"k8s", Text("accepted_cas { crt: 'A' } accepted_cas { crt: 'B' }")}});
    SetClient("old");
    SetService("kubelet", true);
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  }

  void SetClient(const std::string& certificate) {
    secrets::KubernetesDynamicCert::Spec spec;
    spec.mutable_api_server_kubelet_client()->set_crt(certificate);
    t.runtime.Publish<secrets::KubernetesDynamicCert>("test",
                                                      {{"k8s-dynamic-certs", std::move(spec)}});
    t.Advance(1s);
  }

  void PutPod(const std::string& phase) {
    const auto metadata =
        Object({{"namespace", "kube-system"},
                {"name", "a-n1"},
                {"annotations", Object({{"kubernetes.io/config.source", "http"}})}});
    const auto ready = Object({{"type", "Ready"}, {"status", "True"}});
    const auto status =
        Object({{"phase", phase}, {"conditions", phase == "Running" ? List({ready}) : List({})}});
    api.Put("/pods",
            Object({{"items", List({Object({{"metadata", metadata}, {"status", status}})})}}));
  }

  std::string Phase() {
    const auto statuses = t.runtime.Read<k8s::StaticPodStatus>();
    return statuses.empty() ? "" : TextAt(statuses.front().spec().pod_status(), {"phase"});
  }

  PodStatuses pods{t.runtime, Parts(), "/dev/null"};
};

}  // namespace

TEST_CASE("pod statuses: the kubelet is asked by its name, at this machine, as an API server") {
  Fixture f;
  CHECK(f.asked.server == "https://n1:10250");
  CHECK(f.asked.at == "127.0.0.1:10250");
  CHECK(f.asked.ca_pem == "A\nB\n");
  CHECK(f.asked.certificate_pem == "old");
  f.SetClient("new");
  CHECK(f.asked.certificate_pem == "new");
}

TEST_CASE("pod statuses: they follow the kubelet every 2 s, then every 15 s, and go with it") {
  Fixture f;
  CHECK(f.Phase().empty());
  f.PutPod("Pending");
  f.t.Advance(10s);
  CHECK(f.Phase() == "Pending");
  f.PutPod("Running");
  f.t.Advance(2s);
  CHECK(f.Phase() == "Running");
  const size_t calls = f.api.calls.size();
  f.t.Advance(13s);
  CHECK(f.api.calls.size() == calls);
  f.t.Advance(2s);
  CHECK(f.api.calls.size() == calls + 1);
  f.SetService("kubelet", false);
  CHECK(f.t.runtime.Read<k8s::StaticPodStatus>().empty());
  f.t.Advance(60s);
  CHECK(f.api.calls.size() == calls + 1);
}

TEST_CASE("pod statuses: the kubelet is asked at once when an API server knows the node") {
  Fixture f;
  f.t.Advance(30s);  // nothing there yet: it is asked every 5 s
  f.PutPod("Running");
  f.t.runtime.Publish<k8s::NodeStatus>("test", {{"n1", {}}});
  f.t.Advance(1s);
  CHECK(f.Phase() == "Running");
}

TEST_CASE("pod statuses: a pod that is gone has none any more") {
  Fixture f;
  f.PutPod("Running");
  f.t.Advance(10s);
  CHECK(f.Phase() == "Running");
  f.api.Put("/pods", Object({{"items", List({})}}));
  f.t.Advance(15s);
  CHECK(f.t.runtime.Read<k8s::StaticPodStatus>().empty());
}

}  // namespace ichor
