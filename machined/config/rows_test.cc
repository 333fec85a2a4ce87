#include "machined/config/rows.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

namespace enums = talos::resource::definitions::enums;

const auto kVolumes = std::vector<SystemVolume>{
    {.label = "META", .device = "/dev/sda4", .disk = "/dev/sda", .size_bytes = 1 << 20},
    {.label = "STATE", .device = "/dev/sda6", .disk = "/dev/sda", .target = "/system/state"},
    {.label = "EPHEMERAL", .device = "/dev/sda7", .disk = "/dev/sda", .problem = "it is damaged"}};

}  // namespace

TEST_CASE("volume rows: the phase says how far a volume is, and its error why no farther") {
  const auto rows = Stated(VolumeStatuses(kVolumes));
  CHECK(rows.find("META")->spec().phase() == enums::VOLUME_PHASE_READY);
  CHECK(rows.find("STATE")->spec().phase() == enums::VOLUME_PHASE_READY);
  CHECK(rows.find("EPHEMERAL")->spec().phase() == enums::VOLUME_PHASE_FAILED);
  CHECK(rows.find("EPHEMERAL")->spec().error_message() == "it is damaged");
  const auto located =
      Stated(VolumeStatuses({{.label = "STATE", .device = "/dev/sda6", .disk = "/dev/sda"}}));
  CHECK(located.front().spec().phase() == enums::VOLUME_PHASE_LOCATED);
}

TEST_CASE("volume rows: what the disk does not have yet is missing, or waits for it") {
  const auto rows = Stated(VolumeStatuses({{.label = "STATE"}, {.label = "EPHEMERAL"}}));
  CHECK(rows.find("STATE")->spec().phase() == enums::VOLUME_PHASE_MISSING);
  CHECK(rows.find("EPHEMERAL")->spec().phase() == enums::VOLUME_PHASE_WAITING);
  CHECK(Ids(Stated(MountStatuses(kVolumes))) == "STATE");
}

TEST_CASE("volume rows: what is below EPHEMERAL is a directory, or a partition that is mounted") {
  const std::vector<SystemVolume> volumes = {
      {.label = "CRI",
       .programs = true,
       .device = "/dev/sda6",
       .disk = "/dev/sda",
       .target = "/var/lib/containerd"},
      {.label = "ETCD", .problem = "the disk that holds it is not there"},
      {.label = "KUBELET", .directory = true},
      {.label = "LOG", .directory = true, .target = "/var/log"}};
  const auto rows = Stated(VolumeStatuses(volumes));
  CHECK(rows.find("CRI")->spec().phase() == enums::VOLUME_PHASE_READY);
  CHECK(rows.find("CRI")->spec().type() == enums::VOLUME_TYPE_PARTITION);
  CHECK(rows.find("CRI")->spec().parent_id() == "EPHEMERAL");
  CHECK(rows.find("ETCD")->spec().phase() == enums::VOLUME_PHASE_FAILED);
  CHECK(rows.find("KUBELET")->spec().phase() == enums::VOLUME_PHASE_WAITING);
  CHECK(rows.find("LOG")->spec().phase() == enums::VOLUME_PHASE_READY);
  CHECK(rows.find("LOG")->spec().type() == enums::VOLUME_TYPE_DIRECTORY);
  const auto mounts = Stated(MountStatuses(volumes));
  CHECK(Ids(mounts) == "CRI");
  CHECK_FALSE(mounts.front().spec().spec().no_exec());
}

}  // namespace ichor
