#include "qemu-tests/kubernetes/kubernetes_node.h"

#include <cstdint>
#include <filesystem>
#include <format>
#include <string_view>

#include "ichor/etcd.resources.h"
#include "lib/base/status.h"
#include "lib/sys/file.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/test_files.h"
#include "qemu-tests/wait.h"

namespace ichor::qemu {
namespace {

constexpr std::uint64_t kDiskBytes = std::uint64_t{10} << 30U;
constexpr int kMemoryMib = 4096;

// A node that is all of its cluster, and is asked by names of this machine. Emulation on a busy
// host is too slow to renew leases in time, and nobody else is there to be elected.
constexpr const char* kAlone = R"(machine:
  install: {disk: /dev/vda}
cluster:
  allowSchedulingOnControlPlanes: true
  controlPlane: {endpoint: "https://10.0.2.15:6443"}
  apiServer: {certSANs: [127.0.0.1]}
  controllerManager: {extraArgs: {leader-elect: "false"}}
  scheduler: {extraArgs: {leader-elect: "false"}}
)";

}  // namespace

absl::StatusOr<std::unique_ptr<KubernetesNode>> KubernetesNode::Create(
    const std::vector<std::string>& patches, const std::string& version) {
  ASSIGN_OR_RETURN(ImageRegistry registry, ImageRegistry::Start());
  std::vector<std::string> all = {kAlone, registry.ConfigPatch()};
  all.insert(all.end(), patches.begin(), patches.end());
  ASSIGN_OR_RETURN(Cluster cluster, NewCluster(all, version));
  ASSIGN_OR_RETURN(Machine machine,
                   Machine::Create({.memory_mib = kMemoryMib,
                                    .disks = {{.size_bytes = kDiskBytes, .holds_image = true}},
                                    .serves_kubernetes = true,
                                    .served = std::format("{}:80", kServedAddress)},
                                   "node"));
  const std::string directory = TestDirectory() + "/kubectl";
  std::filesystem::create_directories(directory);
  Kubectl kubectl(ImageRegistry::Kubectl(), directory);
  return std::unique_ptr<KubernetesNode>(new KubernetesNode(
      std::move(registry), std::move(cluster), std::move(machine), std::move(kubectl)));
}

absl::Status KubernetesNode::Boot() {
  RETURN_IF_ERROR(machine_.Start());
  RETURN_IF_ERROR(WaitForMaintenance(api()));
  RETURN_IF_ERROR(api().Apply(cluster_.config, machine::ApplyConfigurationRequest::AUTO).status());
  api().UseIdentity(cluster_.Client({"os:admin"}));
  return absl::OkStatus();
}

absl::Status KubernetesNode::AwaitBootstrap() {
  return api()
      .WaitFor<etcd::EtcdProgram>("etcd to wait for its cluster to begin",
                                  [](const auto& rows) {
                                    const auto row = rows.find("etcd");
                                    return row != rows.end() && row->spec().waits_for_size() == 1 &&
                                           row->spec().waits_for(0).starts_with("bootstrap:");
                                  })
      .status();
}

absl::Status KubernetesNode::Bootstrap() {
  RETURN_IF_ERROR(AwaitBootstrap());
  RETURN_IF_ERROR(Ctl({"bootstrap"}).status());
  return FetchKubeconfig();
}

absl::Status KubernetesNode::AwaitReady() const {
  const std::string patience = "--timeout=10m";
  for (const char* const object :
       {"daemonset/kube-flannel", "daemonset/kube-proxy", "deployment/coredns"}) {
    RETURN_IF_ERROR(
        kubectl_.Eventually({"-n", "kube-system", "rollout", "status", object, patience}).status());
  }
  for (const char* const kind : {"nodes", "pods"}) {
    RETURN_IF_ERROR(
        kubectl_.Eventually({"wait", kind, "-A", "--all", "--for=condition=Ready", patience})
            .status());
  }
  return absl::OkStatus();
}

absl::Status KubernetesNode::Patch(const std::string& patch) {
  ASSIGN_OR_RETURN(const std::string config, Patched(cluster_.config, patch));
  return Apply(config);
}

absl::Status KubernetesNode::Apply(const std::string& config) {
  cluster_.config = config;
  return api().Apply(cluster_.config, machine::ApplyConfigurationRequest::NO_REBOOT).status();
}

absl::Status KubernetesNode::CutPower() {
  RETURN_IF_ERROR(machine_.Start());
  api().UseIdentity(cluster_.Client({"os:admin"}));
  return FetchKubeconfig();
}

absl::Status KubernetesNode::FetchKubeconfig() {
  constexpr std::size_t kLimit = 1 << 20;
  constexpr std::string_view kServer = "server: ";
  const std::string path = kubectl_.Kubeconfig();
  RETURN_IF_ERROR(WaitForRunning(api()));
  RETURN_IF_ERROR(Ctl({"kubeconfig", path, "--merge=false", "--force"}).status());
  ASSIGN_OR_RETURN(std::string text, sys::ReadFile(path, kLimit));
  const std::size_t server = text.find(kServer);
  if (server == std::string::npos) {
    return absl::InternalError("the kubeconfig names no server");
  }
  text.replace(server, text.find('\n', server) - server,
               std::format("{}https://127.0.0.1:{}", kServer, machine_.kubernetes_port()));
  return sys::WriteFileAtomically(path, text, 0600);
}

absl::StatusOr<std::string> KubernetesNode::Ctl(const std::vector<std::string>& words) {
  std::vector<std::string> all = {"/ichor/build/dev/bin/ichorctl",
                                  "--talosconfig",
                                  cluster_.talosconfig,
                                  "--endpoints",
                                  std::format("127.0.0.1:{}", api().port()),
                                  "--nodes",
                                  "127.0.0.1"};
  all.insert(all.end(), words.begin(), words.end());
  return OutputOf(all, TestDirectory() + "/ichorctl.log");
}

}  // namespace ichor::qemu
