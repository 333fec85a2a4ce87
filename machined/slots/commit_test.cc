#include "machined/slots/commit.h"

#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "lib/sys/fake_file_systems.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;
using block::DiscoveredVolume;
using block::SystemDisk;

constexpr const char* kEfi = "/dev/vda1";
constexpr const char* kCounted = "EFI/Linux/ichor-000002-B+2-1.efi";
constexpr const char* kPlain = "EFI/Linux/ichor-000002-B.efi";

std::string Environment(std::string text) {
  text = "# GRUB Environment Block\n" + text;
  text.resize(1024, '#');
  return text;
}

struct Node {
  Node() {
    systems.Add(kEfi, {{"EFI/Linux/ichor-000001-A.efi", "kernel of A"},
                       {kCounted, "kernel of B"},
                       {"grub/grubenv", Environment("ichor_default=A\nichor_try=B\n")}});
  }

  bool InSystemdBoot() { return systems.FilesOf(kEfi).contains(kPlain); }
  bool InGrub() {
    return systems.FilesOf(kEfi)["grub/grubenv"] == Environment("ichor_default=B\n");
  }
  absl::Status Commit(const std::string& firmware) {
    return CommitSlot(**systems.Mount(kEfi, "vfat"), "B", firmware);
  }

  sys::FakeFileSystems systems;
};

}  // namespace

TEST_CASE("commit: both loaders' records, whatever the firmware, and once more changes nothing") {
  const std::string firmware = GENERATE("uefi", "bios");
  Node node;
  REQUIRE_THAT(node.Commit(firmware), IsOk());
  CHECK(node.InSystemdBoot());
  CHECK(node.InGrub());
  CHECK(node.systems.FilesOf(kEfi)[kPlain] == "kernel of B");
  CHECK_FALSE(node.systems.FilesOf(kEfi).contains(kCounted));
  node.systems.CutPowerAfter(0);
  CHECK_THAT(node.Commit(firmware), IsOk());
}

TEST_CASE("commit: after a power cut the loader that runs has its record only if the other has") {
  Node uefi;
  uefi.systems.CutPowerAfter(1);
  CHECK_FALSE(uefi.Commit("uefi").ok());
  CHECK_FALSE(uefi.InSystemdBoot());
  CHECK(uefi.InGrub());

  Node bios;
  bios.systems.CutPowerAfter(1);
  CHECK_FALSE(bios.Commit("bios").ok());
  CHECK(bios.InSystemdBoot());
  CHECK_FALSE(bios.InGrub());
}

TEST_CASE("commit: a machine without GRUB has one record, a broken one is named") {
  Node node;
  node.systems.FilesOf(kEfi).erase("grub/grubenv");
  CHECK_THAT(node.Commit("uefi"), IsOk());
  node.systems.FilesOf(kEfi)["grub/grubenv"] = std::string(1024, '\0');
  CHECK_THAT(node.Commit("uefi"), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "grub/grubenv: this is no environment block"));
}

TEST_CASE("commit: the EFI partition of the system disk, and of no other") {
  const auto disks = AllOf<SystemDisk>({{"system-disk", Text("disk_id: 'vda'")}});
  const auto volumes = AllOf<DiscoveredVolume>(
      {{"sda1", Text("parent: 'sda' partition_label: 'EFI' dev_path: '/dev/sda1'")},
       {"vda1", Text("parent: 'vda' partition_label: 'EFI' dev_path: '/dev/vda1'")},
       {"vda3", Text("parent: 'vda' partition_label: 'ROOT-A' dev_path: '/dev/vda3'")}});
  CHECK(FindEfiPartition(disks, volumes) == kEfi);
  CHECK_FALSE(FindEfiPartition(AllOf<SystemDisk>({}), volumes).has_value());
  CHECK_FALSE(FindEfiPartition(disks, AllOf<DiscoveredVolume>({})).has_value());
}

TEST_CASE("commit: init is told when all is written and the partition is unmounted") {
  Node node;
  int told = 0;
  absl::Status answer = absl::UnavailableError("init is busy");
  const SlotCommitter committer(node.systems, [&] {
    CHECK(node.InSystemdBoot());
    CHECK(node.InGrub());
    CHECK(node.systems.mounted() == 0);
    ++told;
    return answer;
  });
  const auto commits = AllOf<boot::SlotCommit>({{"B", Text("firmware: 'uefi'")}});
  const auto disks = AllOf<SystemDisk>({{"system-disk", Text("disk_id: 'vda'")}});
  const auto volumes = AllOf<DiscoveredVolume>(
      {{"vda1", Text("parent: 'vda' partition_label: 'EFI' dev_path: '/dev/vda1'")}});

  CHECK_THAT(committer(commits, disks, AllOf<DiscoveredVolume>({})).status(),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "B: the system disk's EFI partition is not there"));
  CHECK(told == 0);
  CHECK_THAT(committer(commits, disks, volumes).status(),
             StatusIs(absl::StatusCode::kUnavailable, "B: init is busy"));
  answer = absl::OkStatus();
  CHECK_THAT(committer(commits, disks, volumes).status(), IsOk());
  CHECK(told == 2);
  CHECK_THAT(committer(AllOf<boot::SlotCommit>({}), disks, volumes).status(), IsOk());
  CHECK(told == 2);
}

}  // namespace ichor
