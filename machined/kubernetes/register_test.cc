#include "machined/kubernetes/register.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichor/files.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/text.h"
#include "lib/resource/yaml.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/file.h"
#include "machined/kubernetes/test_config.h"
#include "machined/kubernetes/write_files.h"
#include "machined/secrets/cluster_certificates.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""s;

struct Directory {
  Directory() { REQUIRE(mkdtemp(name.data()) != nullptr); }
  ~Directory() { std::filesystem::remove_all(name); }
  std::string name = "/tmp/ichor-kubernetes-XXXXXX";
};

struct Fixture {
  explicit Fixture(bool fresh_boot = true) : fresh(fresh_boot) {
    t.runtime.AddSource<v1alpha1::Service>("services");
    t.runtime.Publish<network::NodeAddress>("networkd", {});
    t.runtime.Publish<network::HostnameStatus>("hostname", {});
    t.runtime.Publish<time::TimeStatus>("networkd", {});
    t.runtime.Publish<v1alpha1::Service>("services", {});
    t.runtime.Publish<boot::NodeStage>("config", {{"stage", Text("stage: CONFIGURED")}});
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  }
  void SetConfig(const std::string& text) {
    config::MachineConfig::Spec spec;
    spec.set_yaml_marshalled(text);
    t.runtime.Publish<config::MachineConfig>("config", {{"v1alpha1", spec}});
    Turn();
  }
  // What the control plane's pods wait for: a name, an address, the time, etcd.
  void SetNode() {
    network::NodeAddress::Spec addresses;
    *addresses.add_addresses() = *ParseNetIPPrefix("192.168.0.2/24");
    t.runtime.Publish<network::NodeAddress>("networkd", {{"accumulative", addresses}});
    t.runtime.Publish<network::HostnameStatus>("hostname", {{"hostname", Text("hostname: 'n1'")}});
    t.runtime.Publish<time::TimeStatus>("networkd", {{"node", Text("synced: true")}});
    t.runtime.Publish<v1alpha1::Service>("services",
                                         {{"etcd", Text("running: true healthy: true")}});
  }
  // Certificates are made by the source between settles.
  void Turn() {
    for (int i = 0; i < 3; ++i) {
      t.Settle();
      t.Advance(1s);
    }
  }
  std::map<std::string, std::string> PodsAsText() {
    std::map<std::string, std::string> texts;
    for (const auto& pod : t.runtime.Read<k8s::StaticPod>()) {
      texts[pod.id()] = ToYaml(pod.spec().pod());
    }
    return texts;
  }
  secrets::KubernetesDynamicCert::Spec Certificates() {
    return t.runtime.Read<secrets::KubernetesDynamicCert>().front().spec();
  }

  const bool fresh;
  Directory directory;
  TestRuntime t;
  std::unique_ptr<ClusterCertificates> certificates =
      RegisterClusterCertificates(t.runtime, *t.loop, t.clock);
  std::unique_ptr<StaticPodList> pods = RegisterKubernetes(
      t.runtime, *t.loop, directory.name + "/secrets", directory.name + "/config", fresh);
};

}  // namespace

TEST_CASE("kubernetes: a control plane has its settings, a worker only a place for its pods") {
  Fixture f;
  f.SetConfig(TestCluster::Make(f.t.clock.Now()).OneDocument());
  CHECK(f.t.runtime.Read<k8s::APIServerConfig>().size() == 2);
  CHECK(f.t.runtime.Read<k8s::ControllerManagerConfig>().size() == 2);
  CHECK(f.t.runtime.Read<k8s::SchedulerConfig>().size() == 2);
  CHECK(f.t.runtime.Read<k8s::AdmissionControlConfig>().size() == 1);
  CHECK(f.t.runtime.Read<k8s::AuditPolicyConfig>().size() == 1);
  CHECK(f.t.runtime.Read<k8s::AuthorizationConfig>().size() == 1);
  CHECK(f.t.runtime.Read<k8s::EtcdEncryptionConfig>().size() == 1);
  const auto server = f.t.runtime.Read<k8s::StaticPodServerStatus>();
  REQUIRE(server.size() == 1);
  CHECK(server.front().spec().url().starts_with("http://127.0.0.1:"));

  f.SetConfig(
      "machine: {type: worker}\ncluster: {ca: {crt: Y2E=}, token: a.b, "
      "controlPlane: {endpoint: \"https://x:6443\"}}\n");
  CHECK(f.t.runtime.Read<k8s::APIServerConfig>().empty());
  CHECK(f.t.runtime.Read<k8s::ControllerManagerConfig>().empty());
  CHECK(f.t.runtime.Read<k8s::SchedulerConfig>().empty());
  CHECK(f.t.runtime.Read<k8s::AuditPolicyConfig>().empty());
  CHECK(f.t.runtime.Read<k8s::StaticPodServerStatus>().size() == 1);
  f.SetConfig("machine: {type: worker}\ncluster: {}\n");
  CHECK(f.t.runtime.Read<k8s::StaticPodServerStatus>().empty());
}

TEST_CASE("kubernetes: files of the pods are written together, and go together") {
  const Directory top;
  const std::vector<PodFiles> pods{{.program = "a", .user = getuid(), .files = {{"x", "1"}}},
                                   {.program = "b", .user = getuid(), .files = {{"y", "2"}}}};
  auto report = WriteFiles<k8s::SecretStatus>(pods, top.name + "/kubernetes");
  REQUIRE_THAT(report.status(), base::IsOk());
  const Rows rows = std::move(report).Take();
  REQUIRE(rows.size() == 3);
  for (const auto& row : rows) {
    CHECK(static_cast<const k8s::SecretStatus::Spec&>(*row.spec->message()).ready());
  }
  CHECK(*sys::ReadFile(top.name + "/kubernetes/a/x", 10) == "1");
  CHECK(*sys::ReadFile(top.name + "/kubernetes/b/y", 10) == "2");
  CHECK(WriteFiles<k8s::SecretStatus>(std::nullopt, top.name + "/kubernetes").Take().empty());
  CHECK_FALSE(std::filesystem::exists(top.name + "/kubernetes/a/x"));
}

TEST_CASE("kubernetes: a pod of the config is in the list before there is an etcd") {
  Fixture f;
  f.t.runtime.Publish<v1alpha1::Service>("services", {{"etcd", Text("running: true")}});
  f.SetConfig(TestCluster::Make(f.t.clock.Now())
                  .OneDocument("", "pods: [{kind: Pod, metadata: {name: mine}}]"));
  CHECK(Ids(f.t.runtime.Read<k8s::StaticPod>()) == "default-mine");
  CHECK(f.pods->list().contains("name: mine\n"));
}

TEST_CASE("kubernetes: without the checkpoint of an earlier machined, the list is whole or none") {
  Fixture f(false);
  f.t.runtime.Publish<v1alpha1::Service>("services", {{"etcd", Text("running: true")}});
  f.SetConfig(TestCluster::Make(f.t.clock.Now())
                  .OneDocument("", "pods: [{kind: Pod, metadata: {name: mine}}]"));
  CHECK(f.pods->list().empty());
  f.SetNode();
  f.Turn();
  CHECK(f.pods->list().contains("name: mine\n"));
  CHECK(f.pods->list().contains("name: kube-apiserver\n"));
}

TEST_CASE("kubernetes: a new certSAN replaces the pod of the API server, and no other") {
  Fixture f;
  const TestCluster cluster = TestCluster::Make(f.t.clock.Now());
  f.SetNode();
  f.SetConfig(cluster.OneDocument());
  const auto before = f.PodsAsText();
  REQUIRE(before.size() == 3);
  const secrets::KubernetesDynamicCert::Spec certificates = f.Certificates();
  f.SetConfig(cluster.OneDocument());
  CHECK(f.PodsAsText() == before);
  f.SetConfig(cluster.OneDocument("apiServer: {certSANs: [more.example.org]}"));
  const auto after = f.PodsAsText();
  CHECK(after.at("kube-apiserver") != before.at("kube-apiserver"));
  CHECK(after.at("kube-controller-manager") == before.at("kube-controller-manager"));
  CHECK(after.at("kube-scheduler") == before.at("kube-scheduler"));
  CHECK(f.Certificates().api_server().crt() != certificates.api_server().crt());
  CHECK(f.Certificates().front_proxy().crt() == certificates.front_proxy().crt());
  CHECK(f.Certificates().api_server_kubelet_client().crt() ==
        certificates.api_server_kubelet_client().crt());
}

TEST_CASE("kubernetes: files that somebody removed are back, and no pod is replaced") {
  Fixture f;
  f.SetNode();
  f.SetConfig(TestCluster::Make(f.t.clock.Now()).OneDocument());
  const auto before = f.PodsAsText();
  const std::string config =
      f.directory.name + "/config/kubernetes/kube-apiserver/auditpolicy.yaml";
  const std::string key = f.directory.name + "/secrets/kubernetes/kube-apiserver/apiserver.key";
  REQUIRE(std::filesystem::remove(config));
  REQUIRE(std::filesystem::remove(key));
  f.t.runtime.Publish<files::FileChange>("files.rendered", {{"rendered", Text("count: 1")}});
  f.Turn();
  CHECK(std::filesystem::exists(config));
  CHECK(std::filesystem::exists(key));
  CHECK(f.PodsAsText() == before);
}

TEST_CASE("kubernetes: the list of pods, as the kubelet reads it") {
  CHECK(RenderPodList(AllOf<k8s::StaticPod>({})) == "apiVersion: v1\nitems: []\nkind: PodList\n");
  CHECK(RenderPodList(AllOf<k8s::StaticPod>(
            {{"a", Text("pod { fields { key: 'kind' value { string_value: 'Pod' } } }")}})) ==
        "apiVersion: v1\nitems:\n    - kind: Pod\nkind: PodList\n");
}

}  // namespace ichor
