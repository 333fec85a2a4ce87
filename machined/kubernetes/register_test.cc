#include "machined/kubernetes/register.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
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
  Fixture() {
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
    t.Settle();
    t.Advance(1s);
  }

  Directory directory;
  TestRuntime t;
  std::unique_ptr<ClusterCertificates> certificates =
      RegisterClusterCertificates(t.runtime, *t.loop, t.clock);
  std::unique_ptr<StaticPodList> pods = RegisterKubernetes(
      t.runtime, *t.loop, directory.name + "/secrets", directory.name + "/config");
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
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id == "static-pods");
  CHECK(static_cast<const k8s::SecretStatus::Spec&>(*rows.front().spec->message()).ready());
  CHECK(*sys::ReadFile(top.name + "/kubernetes/a/x", 10) == "1");
  CHECK(*sys::ReadFile(top.name + "/kubernetes/b/y", 10) == "2");
  CHECK(WriteFiles<k8s::SecretStatus>(std::nullopt, top.name + "/kubernetes").Take().empty());
  CHECK_FALSE(std::filesystem::exists(top.name + "/kubernetes/a/x"));
}

TEST_CASE("kubernetes: the list of pods, as the kubelet reads it") {
  CHECK(RenderPodList(AllOf<k8s::StaticPod>({})) == "apiVersion: v1\nitems: []\nkind: PodList\n");
  CHECK(RenderPodList(AllOf<k8s::StaticPod>(
            {{"a", Text("pod { fields { key: 'kind' value { string_value: 'Pod' } } }")}})) ==
        "apiVersion: v1\nitems:\n    - kind: Pod\nkind: PodList\n");
}

}  // namespace ichor
