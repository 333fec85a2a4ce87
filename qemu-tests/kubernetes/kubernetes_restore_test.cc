// What a node of a cluster gets over without a person's help, and what it takes to bring a cluster
// back that was lost.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "ichor/service.resources.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"
#include "qemu-tests/kubernetes/ask.h"
#include "qemu-tests/kubernetes/kubernetes_node.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {
namespace {

using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using services::ServiceState;

// Waits until a service says why it does not run, in words that have `part`.
void SaysWhy(NodeApi& api, const std::string& service, const std::string& part) {
  REQUIRE_THAT(api.WaitFor<ServiceState>(service + " to say " + part,
                                         [&](const auto& rows) {
                                           const auto row = rows.find(service);
                                           return row != rows.end() &&
                                                  row->spec().message().contains(part);
                                         }),
               IsOk());
}

// The objects of a cluster come back on a node that lost them, from a snapshot.
void LosesAndRecovers(KubernetesNode& node) {
  const Kubectl& kubectl = node.kubectl();
  const std::string snapshot = TestDirectory() + "/etcd.db";
  Ask(kubectl, {"create", "configmap", "kept", "--from-literal=a=b"});
  REQUIRE_THAT(node.Ctl({"etcd", "snapshot", snapshot}).status(), IsOk());
  Ask(kubectl, {"create", "configmap", "later", "--from-literal=a=b"});
  REQUIRE_THAT(node.Ctl({"reset", "--graceful=false", "--reboot", "--system-labels-to-wipe",
                         "EPHEMERAL", "--progress", "plain"})
                   .status(),
               IsOk());
  REQUIRE_THAT(node.AwaitBootstrap(), IsOk());
  REQUIRE_THAT(node.Ctl({"bootstrap", "--recover-from", snapshot}).status(), IsOk());
  REQUIRE_THAT(node.FetchKubeconfig(), IsOk());
  CHECK(Ask(kubectl, {"get", "configmap", "kept", "-o", "jsonpath={.data.a}"}) == "b");
  const auto later = kubectl.Run({"get", "configmap", "later"});
  CHECK_THAT(std::string(later.status().message()), ContainsSubstring("\"later\" not found"));
  RunPod(kubectl, "after-recovery");
}

// A tag that there is not is said as such, and the right one needs no more than itself.
void WrongTag(KubernetesNode& node) {
  const std::string image = "apiVersion: v1alpha1\nkind: KubeletConfig\nimage: ";
  REQUIRE_THAT(node.Patch(image + "ghcr.io/siderolabs/kubelet:v1.36.99\n"), IsOk());
  SaysWhy(node.api(), "kubelet", "image ghcr.io/siderolabs/kubelet:v1.36.99 cannot be pulled: ");
  REQUIRE_THAT(node.Patch(image + "ghcr.io/siderolabs/kubelet:v1.36.0\n"), IsOk());
  REQUIRE_THAT(node.api().WaitFor<ServiceState>("a kubelet that is healthy",
                                                [](const auto& rows) {
                                                  const auto row = rows.find("kubelet");
                                                  return row != rows.end() && row->spec().healthy();
                                                }),
               IsOk());
  RunPod(node.kubectl(), "after-wrong-tag");
}

TEST_CASE("kubernetes: a registry that comes later, a tag that is wrong, and a snapshot of etcd",
          "[.][long][kubernetes][amd64]") {
  const auto made = KubernetesNode::Create();
  REQUIRE_THAT(made.status(), IsOk());
  KubernetesNode& node = **made;
  node.registry().TurnOff();
  REQUIRE_THAT(node.Boot(), IsOk());
  SaysWhy(node.api(), "kubelet", "image ghcr.io/siderolabs/kubelet:v1.36.0 cannot be pulled: ");
  REQUIRE_THAT(node.registry().TurnOn(), IsOk());
  REQUIRE_THAT(node.Bootstrap(), IsOk());
  REQUIRE_THAT(node.AwaitReady(), IsOk());

  WrongTag(node);
  LosesAndRecovers(node);
}

}  // namespace
}  // namespace ichor::qemu
