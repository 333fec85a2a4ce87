#include "machined/manifests/register.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/tree.h"
#include "machined/cluster_api/test_room.h"
#include "machined/kubernetes/test_config.h"
#include "machined/secrets/cluster_roots.h"
#include "machined/secrets/kubeconfig.h"
#include "machined/sources/test_web.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""s;

constexpr const char* kUrl = "https://x.io/a.yaml";

struct Fixture : TestRoom {
  // etcd, as far as it is asked for locks.
  struct Locks : kube::Api {
    explicit Locks(Fixture& owner) : fixture(owner) {}
    absl::StatusOr<google::protobuf::Struct> Do(const kube::Call& call) override {
      if (call.path == "/v3/lock/lock" && fixture.locked_by_another) {
        return absl::DeadlineExceededError("no answer within 10s");
      }
      return Object({{"ID", "1"}});
    }
    Fixture& fixture;
  };

  Fixture() {
    t.runtime.Reconcile("test.root", DeriveKubernetesRoot);
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    t.runtime.Publish<config::MachineConfig>("test", {{"v1alpha1", ConfigOf("")}});
    secrets::KubernetesSecret::Spec secret;
    secret.set_localhost_admin_kubeconfig(RenderKubeconfig({.cluster = "c",
                                                            .endpoint = "https://127.0.0.1:7445",
                                                            .ca_pem = "ca",
                                                            .user = "u",
                                                            .context = "u"},
                                                           Text("crt: 'crt' key: 'key'")));
    t.runtime.Publish<secrets::KubernetesSecret>("test", {{"k8s-certs", std::move(secret)}});
    t.runtime.Publish<secrets::EtcdRootSecret>("test", {{"etcd", {}}});
    t.runtime.Publish<secrets::EtcdSecret>("test", {{"etcd", {}}});
    SetService("etcd", false);
  }

  ClusterTask::Parts PartsWithLocks() {
    ClusterTask::Parts parts = Parts();
    parts.new_api = [this](const kube::Access& access) -> std::unique_ptr<kube::Api> {
      if (access.server == "https://127.0.0.1:2383") {
        return std::make_unique<Locks>(*this);
      }
      return std::make_unique<kube::FakeConnection>(api);
    };
    return parts;
  }

  config::MachineConfig::Spec ConfigOf(const std::string& more) const {
    config::MachineConfig::Spec spec;
    spec.set_yaml_marshalled(cluster.OneDocument(more));
    return spec;
  }

  void SetConfig(const std::string& more) {
    t.runtime.Publish<config::MachineConfig>("test", {{"v1alpha1", ConfigOf(more)}});
    t.Advance(1s);
  }

  std::string Applied() {
    const auto rows = t.runtime.Read<k8s::ManifestStatus>();
    std::string ids;
    for (const auto& row : rows) {
      for (const std::string& id : row.spec().manifests_applied()) {
        ids += id + " ";
      }
    }
    return ids;
  }

  TestCluster cluster = TestCluster::Make(base::WallTime());
  bool locked_by_another = false;
  TestWeb web;
  ManifestRoom room{t.runtime, PartsWithLocks(), [this] { return web.NewClient(*t.loop); }};
};

constexpr const char* kBase =
    "00-kubelet-bootstrapping-token 01-csr-approver-role-binding 01-csr-node-bootstrap "
    "01-csr-renewal-role-binding 05-flannel 10-kube-proxy 11-core-dns 11-core-dns-svc "
    "11-kube-config-in-cluster 11-talos-node-rbac-template ";

}  // namespace

TEST_CASE("manifests: given to the cluster once etcd is healthy, and once the API answers") {
  Fixture f;
  f.t.Advance(60s);
  CHECK(f.api.calls.empty());
  f.api.failures["/api/v1"] = absl::UnavailableError("connection refused");
  f.SetService("etcd", true);
  CHECK(f.Applied().empty());
  CHECK_FALSE(f.api.calls.empty());
  f.api.failures.clear();
  f.t.Advance(10s);
  CHECK(f.Applied() == kBase);
  CHECK(TextAt(f.api.At("/api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef"),
               {"stringData", "token-secret"}) == "0123456789abcdef");
  const size_t calls = f.api.calls.size();
  f.SetService("etcd", true);
  f.t.Advance(100s);
  CHECK(f.api.calls.size() == calls);
}

TEST_CASE("manifests: while another node of the control plane gives them, this one waits") {
  Fixture f;
  f.locked_by_another = true;
  f.SetService("etcd", true);
  f.t.Advance(60s);
  CHECK(f.api.calls.empty());
  f.locked_by_another = false;
  f.t.Advance(10s);
  CHECK(f.Applied() == kBase);
}

TEST_CASE("manifests: one by URL is fetched, tried again, and a diagnostic while it is away") {
  Fixture f;
  f.SetService("etcd", true);
  f.web.answers[kUrl] = absl::UnavailableError("GET https://x.io/a.yaml: no such host");
  f.SetConfig("extraManifests: [\"https://x.io/a.yaml\"]");
  CHECK(f.t.runtime.Read<runtime::Diagnostic>().empty());
  f.t.Advance(10s);
  const auto diagnostics = f.t.runtime.Read<runtime::Diagnostic>();
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics.front().spec().message() ==
        "the manifest https://x.io/a.yaml cannot be fetched");
  CHECK(diagnostics.front().spec().details(0) == "GET https://x.io/a.yaml: no such host");
  CHECK(f.Applied() == kBase);
  f.web.answers[kUrl] = "apiVersion: v1\nkind: Namespace\nmetadata: {name: fetched}\n";
  f.t.Advance(60s);
  CHECK(f.t.runtime.Read<runtime::Diagnostic>().empty());
  CHECK(f.Applied() == std::string(kBase) + "99-https://x.io/a.yaml ");
  CHECK_FALSE(f.api.At("/api/v1/namespaces/fetched").fields().empty());
  const size_t asked = f.web.asked.size();
  f.SetConfig("extraManifests: [\"https://x.io/a.yaml\"]\n  coreDNS: {disabled: true}");
  f.t.Advance(100s);
  CHECK(f.web.asked.size() == asked);
}

}  // namespace ichor
