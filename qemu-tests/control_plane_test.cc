// What a control plane has around Kubernetes, before any of it runs.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>

#include "lib/base/status_matchers.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/image_registry.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor::qemu {
namespace {

using base::IsOk;

constexpr std::uint64_t kDiskBytes = std::uint64_t{8} << 30U;

}  // namespace

TEST_CASE("control plane: trustd, KubePrism, lists of addresses and modules for pods are there",
          "[kubernetes][amd64]") {
  const auto registry = ImageRegistry::Start();
  REQUIRE_THAT(registry.status(), IsOk());
  const auto cluster =
      NewCluster({"machine: {install: {disk: /dev/vda}}", registry->ConfigPatch()});
  REQUIRE_THAT(cluster, IsOk());
  auto machine =
      Machine::Create({.disks = {{.size_bytes = kDiskBytes, .holds_image = true}}}, "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  NodeApi& api = machine->api();
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());
  REQUIRE_THAT(api.Apply(cluster->config, machine::ApplyConfigurationRequest::AUTO), IsOk());
  api.UseIdentity(cluster->Client({"os:admin"}));

  CHECK_THAT(api.WaitFor<v1alpha1::Service>("trustd to be healthy",
                                            [](const auto& rows) {
                                              const auto row = rows.find("trustd");
                                              return row != rows.end() && row->spec().healthy();
                                            }),
             IsOk());
  // Nothing answers behind it yet.
  CHECK_THAT(api.WaitFor<k8s::KubePrismStatus>("KubePrism to see no API server",
                                               [](const auto& rows) {
                                                 const auto row = rows.find("k8s-loadbalancer");
                                                 return row != rows.end() &&
                                                        row->spec().host() == "127.0.0.1:7445" &&
                                                        !row->spec().healthy();
                                               }),
             IsOk());
  CHECK_THAT(api.WaitFor<network::NodeAddress>("addresses without those of pods",
                                               [](const auto& rows) {
                                                 const auto row = rows.find("current-no-k8s");
                                                 return row != rows.end() &&
                                                        !row->spec().addresses().empty();
                                               }),
             IsOk());
  CHECK_THAT(api.WaitFor<runtime::LoadedKernelModule>(
                 "what pods cannot load",
                 [](const auto& rows) {
                   return rows.find("br_netfilter") != rows.end() && rows.find("tun") != rows.end();
                 }),
             IsOk());
}

}  // namespace ichor::qemu
