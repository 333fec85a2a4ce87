// Volumes with a partition of their own: etcd's on a second disk, containerd's on the system's.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "lib/base/status_matchers.h"
#include "qemu-tests/cluster.h"
#include "qemu-tests/machine.h"
#include "qemu-tests/wait.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor::qemu {
namespace {

namespace enums = talos::resource::definitions::enums;
using base::IsOk;
using Catch::Matchers::ContainsSubstring;
using machine::ApplyConfigurationRequest;

constexpr std::uint64_t kDiskBytes = std::uint64_t{8} << 30U;

constexpr const char* kEtcd = R"(---
apiVersion: v1alpha1
kind: VolumeConfig
name: ETCD
provisioning: {diskSelector: {match: '!system_disk'}, maxSize: 3GiB}
)";

constexpr const char* kContainers = R"(---
apiVersion: v1alpha1
kind: VolumeConfig
name: CRI
provisioning: {minSize: 1GiB, maxSize: 1GiB}
)";

void CheckVolumes(NodeApi& api) {
  const auto mounts = api.WaitFor<block::MountStatus>("mounts", [](const auto& rows) {
    return rows.find("EPHEMERAL") != rows.end() && rows.find("ETCD") != rows.end() &&
           rows.find("CRI") != rows.end();
  });
  REQUIRE_THAT(mounts, IsOk());
  CHECK(mounts->find("ETCD")->spec().source() == "/dev/vdb1");
  CHECK(mounts->find("ETCD")->spec().target() == "/var/lib/etcd");
  CHECK(mounts->find("CRI")->spec().target() == "/var/lib/containerd");
  const auto volumes = api.WaitFor<block::VolumeStatus>("volumes", [](const auto& rows) {
    const auto row = rows.find("ETCD");
    return row != rows.end() && row->spec().phase() == enums::VOLUME_PHASE_READY;
  });
  REQUIRE_THAT(volumes, IsOk());
  CHECK(volumes->find("ETCD")->spec().size() == std::uint64_t{3} << 30U);
  CHECK(volumes->find("CRI")->spec().size() == std::uint64_t{1} << 30U);
  CHECK(volumes->find("CRI")->spec().parent_location() == "/dev/vda");
  CHECK(volumes->find("LOG")->spec().type() == enums::VOLUME_TYPE_DIRECTORY);
  CHECK(volumes->find("LOG")->spec().phase() == enums::VOLUME_PHASE_READY);
}

TEST_CASE("volumes: etcd's on a second disk, containerd's on the system's, and again after a cut",
          "[install][disks][amd64]") {
  const auto cluster = NewCluster({"machine: {install: {disk: /dev/vda}}"});
  REQUIRE_THAT(cluster, IsOk());
  const std::string config = cluster->config + kEtcd + kContainers;
  auto machine = Machine::Create(
      {.disks = {{.size_bytes = kDiskBytes, .holds_image = true}, {.size_bytes = kDiskBytes}}},
      "node");
  REQUIRE_THAT(machine.status(), IsOk());
  REQUIRE_THAT(machine->Start(), IsOk());
  NodeApi& api = machine->api();
  REQUIRE_THAT(WaitForMaintenance(api), IsOk());
  REQUIRE_THAT(api.Apply(config, ApplyConfigurationRequest::AUTO), IsOk());
  api.UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(api), IsOk());
  CheckVolumes(api);

  const auto removed =
      api.Apply(cluster->config + kContainers, ApplyConfigurationRequest::NO_REBOOT);
  REQUIRE_FALSE(removed.ok());
  CHECK_THAT(std::string(removed.status().message()),
             ContainsSubstring("VolumeConfig ETCD: provisioning: the volume is a partition"));

  machine->PowerCut();
  REQUIRE_THAT(machine->Start(), IsOk());
  machine->api().UseIdentity(cluster->Client({"os:admin"}));
  REQUIRE_THAT(WaitForRunning(machine->api()), IsOk());
  CheckVolumes(machine->api());
}

}  // namespace
}  // namespace ichor::qemu
