#include "machined/kubelet/service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

using services::ServiceDefinition;
using Names = std::vector<std::string>;

struct Node {
  All<boot::PowerRequest> power = AllOf<boot::PowerRequest>({});
  All<cri::ContainerRuntime> runtimes =
      AllOf<cri::ContainerRuntime>({{"cri", Text("wanted: true")}});
  All<config::MachineConfig> configs = ConfigRow(TestCluster::Make(base::WallTime()).OneDocument());
  All<k8s::KubeletSpec> specs =
      AllOf<k8s::KubeletSpec>({{"kubelet", Text("image: 'k:1' args: '--node-ip=10.0.0.2'")}});
  All<k8s::KubeletFilesStatus> files =
      AllOf<k8s::KubeletFilesStatus>({{"kubelet", Text("ready: true revision: 'r1'")}});
  All<network::NetworkStatus> networks = AllOf<network::NetworkStatus>(
      {{"status", Text("address_ready: true hostname_ready: true etc_files_ready: true")}});
  All<time::TimeStatus> times = AllOf<time::TimeStatus>({{"node", Text("synced: true")}});

  std::optional<ServiceDefinition::Spec> Define() const {
    const auto defined = DefineKubelet({.power = power,
                                        .runtimes = runtimes,
                                        .configs = configs,
                                        .specs = specs,
                                        .files = files,
                                        .networks = networks,
                                        .times = times});
    REQUIRE_THAT(defined, base::IsOk());
    const auto rows = Stated(*defined);
    return rows.empty() ? std::nullopt : std::optional(rows.find("kubelet")->spec());
  }

  Names WaitsFor() const {
    const auto definition = Define();
    REQUIRE(definition.has_value());
    return {definition->waits_for().begin(), definition->waits_for().end()};
  }
};

}  // namespace

TEST_CASE("kubelet: it runs in a container of its image, which is another one for other files") {
  const auto definition = Node().Define();
  REQUIRE(definition.has_value());
  CHECK(definition->waits_for().empty());
  CHECK_FALSE(definition->provisional());
  CHECK(Names(definition->depends_on().begin(), definition->depends_on().end()) == Names{"cri"});
  const auto& process = definition->process();
  CHECK(Names(process.arguments().begin(), process.arguments().end()) ==
        Names{"/usr/local/bin/kubelet", "--node-ip=10.0.0.2"});
  CHECK(process.cgroup() == "podruntime/kubelet");
  CHECK(process.oom_score_adj() == -450);
  CHECK(process.container().image() == "k:1");
  CHECK(process.container().revision() == "r1");
  CHECK(definition->health().local_port() == 10248);
  CHECK(definition->health().http_path() == "/healthz");
}

TEST_CASE("kubelet: it sees programs that give credentials of registries, if it shall ask them") {
  const auto sees = [](const Node& node) {
    return std::ranges::any_of(
        node.Define()->process().container().mounts(), [](const auto& mount) {
          return mount.destination() == "/usr/local/lib/kubelet/credentialproviders" &&
                 mount.options(1) == "ro";
        });
  };
  Node node;
  CHECK_FALSE(sees(node));
  node.specs = AllOf<k8s::KubeletSpec>(
      {{"kubelet", Text("image: 'k:1' credential_provider_config { fields { key: 'kind' value { "
                        "string_value: 'CredentialProviderConfig' } } }")}});
  CHECK(sees(node));
}

TEST_CASE("kubelet: it waits for the node, and names what for") {
  Node node;
  node.networks = AllOf<network::NetworkStatus>({});
  node.times = AllOf<time::TimeStatus>({{"node", Text("")}});
  CHECK(node.WaitsFor() ==
        Names{"an address", "a hostname", "files of the network in /etc", "the time"});
  node = Node();
  node.times = AllOf<time::TimeStatus>({{"node", Text("sync_disabled: true")}});
  CHECK(node.WaitsFor().empty());
  node.files = AllOf<k8s::KubeletFilesStatus>({});
  CHECK(node.WaitsFor() == Names{"its files"});
  CHECK(node.Define()->provisional());
  node.specs = AllOf<k8s::KubeletSpec>({});
  CHECK(node.WaitsFor() == Names{"the node's name and address", "its files"});
}

TEST_CASE("kubelet: what runs is kept until it is known that there shall be none") {
  Node node;
  node.runtimes = AllOf<cri::ContainerRuntime>({});
  node.configs = AllOf<config::MachineConfig>({});
  REQUIRE(node.Define().has_value());
  CHECK(node.Define()->provisional());
  CHECK(node.Define()->internal());
  node.runtimes = AllOf<cri::ContainerRuntime>({{"cri", Text("wanted: false")}});
  CHECK_FALSE(node.Define().has_value());
  node = Node();
  node.power = AllOf<boot::PowerRequest>({{"power", Text("")}});
  CHECK_FALSE(node.Define().has_value());
}

}  // namespace ichor
