#include "machined/pod_status/register.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/kube/fake_api.h"
#include "lib/resource/text.h"
#include "lib/resource/tree.h"
#include "lib/runtime/test_runtime.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""s;

struct Fixture {
  Fixture() {
    t.runtime.AddSource<v1alpha1::Service>("test");
    t.runtime.AddSource<secrets::KubernetesDynamicCert>("test");
    t.runtime.Publish<k8s::Nodename>("test", {{"nodename", Text("nodename: 'n1'")}});
    t.runtime.Publish<secrets::KubernetesRootSecret>(
        "test", {{"k8s", Text("accepted_cas { crt: 'A' } accepted_cas { crt: 'B' }")}});
    SetClient("old");
    SetKubelet(true);
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  }

  void SetKubelet(bool healthy) {
    v1alpha1::Service::Spec spec;
    spec.set_running(true);
    spec.set_healthy(healthy);
    t.runtime.Publish<v1alpha1::Service>("test", {{"kubelet", std::move(spec)}});
    t.Advance(1s);
  }

  void SetClient(const std::string& certificate) {
    secrets::KubernetesDynamicCert::Spec spec;
    spec.mutable_api_server_kubelet_client()->set_crt(certificate);
    t.runtime.Publish<secrets::KubernetesDynamicCert>("test",
                                                      {{"k8s-dynamic-certs", std::move(spec)}});
    t.Advance(1s);
  }

  void PutPod(const std::string& phase) {
    api.Put("/pods",
            Object({{"items",
                     List({Object({{"metadata",
                                    Object({{"namespace", "kube-system"},
                                            {"name", "a-n1"},
                                            {"annotations",
                                             Object({{"kubernetes.io/config.source", "http"}})}})},
                                   {"status", Object({{"phase", phase}})}})})}}));
  }

  std::string Phase() {
    const auto statuses = t.runtime.Read<k8s::StaticPodStatus>();
    return statuses.empty() ? "" : TextAt(statuses.front().spec().pod_status(), {"phase"});
  }

  kube::FakeApi api;
  kube::Access asked;
  TestRuntime t;
  PodStatuses pods{{.runtime = t.runtime,
                    .loop = *t.loop,
                    .clock = t.clock,
                    .worker = t.executor,
                    .new_api =
                        [this](const kube::Access& access) {
                          asked = access;
                          return std::make_unique<kube::FakeConnection>(api);
                        },
                    .own_certificate = "/dev/null"}};
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

TEST_CASE("pod statuses: they follow the kubelet every 15 s, and go with it") {
  Fixture f;
  CHECK(f.Phase().empty());
  f.PutPod("Pending");
  f.t.Advance(10s);
  CHECK(f.Phase() == "Pending");
  f.PutPod("Running");
  const size_t calls = f.api.calls.size();
  f.t.Advance(15s);
  CHECK(f.Phase() == "Running");
  CHECK(f.api.calls.size() == calls + 1);
  f.SetKubelet(false);
  CHECK(f.t.runtime.Read<k8s::StaticPodStatus>().empty());
  f.t.Advance(60s);
  CHECK(f.api.calls.size() == calls + 1);
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
