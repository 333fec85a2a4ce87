// EPHEMERAL on a disk of its own.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/matchers/catch_matchers_string.hpp"
#include "lib/base/status_matchers.h"
#include "lib/disk/guid.h"
#include "lib/disk/table_writes.h"
#include "lib/sys/fake_block_devices.h"
#include "lib/sys/volume/fake_mounts.h"
#include "lib/sys/volume/fake_programs.h"
#include "machined/block/disk_table.h"
#include "machined/volumes/system_volumes.h"

namespace ichor {
namespace {

using base::IsOk;
using disk::EphemeralPlace;

constexpr std::uint64_t kMib = std::uint64_t{1} << 20U;
constexpr std::uint64_t kSystemBytes = 112 * kMib;
constexpr std::uint64_t kOtherBytes = 16 * kMib;
constexpr const char* kSystem = "/dev/sda";
const EphemeralWish kWish{.size = {.min_bytes = 4 * kMib}, .disk_expression = "disk.rotational"};

// Disks whose power goes after so many writes.
class Disks : public sys::FakeBlockDevices {
 public:
  absl::Status Write(const std::string& path, std::uint64_t offset,
                     std::string_view bytes) override {
    if (writes_left == 0) {
      return absl::UnavailableError("the power is gone");
    }
    --writes_left;
    return FakeBlockDevices::Write(path, offset, bytes);
  }
  int writes_left = -1;
};

struct Machine {
  Machine() {
    const disk::Guid type = disk::KnownGuid("0fc63daf-8483-4772-8e79-3d69d8477de4");
    disk::PartitionTable image({.size_bytes = kSystemBytes}, type);
    for (const auto label : {disk::kEfi, disk::kRootA, disk::kMeta}) {
      REQUIRE_THAT(image.Add(std::string(label), type, type, kMib), IsOk());
    }
    Plug(kSystem, kSystemBytes);
    for (const disk::TableWrite& write : disk::WritesFor(image, std::string(512, '\0'))) {
      REQUIRE_THAT(devices.Write(kSystem, write.offset_bytes, write.bytes), IsOk());
    }
    Plug("/dev/sdb", kOtherBytes);
    mounts.check = [this](const auto& plan) {
      return made.contains(plan.device) ? absl::OkStatus() : absl::InternalError("no file system");
    };
  }

  void Plug(const std::string& path, std::uint64_t bytes, const std::string& type = "") {
    devices.Add(path, {.size_bytes = bytes, .sector_size_bytes = 512, .contents = {.type = type}},
                std::string(bytes, '\0'));
  }
  // The disk has another name from now on.
  void Rename(const std::string& from, const std::string& to) {
    devices.Add(to, {.size_bytes = kOtherBytes, .sector_size_bytes = 512}, devices.BytesOf(from));
    devices.Remove(from);
    if (made.erase(from + "1") != 0) {
      made.insert(to + "1");
    }
  }
  void Restart() {
    mounts.mounted.clear();
    programs.commands.clear();
    volumes.emplace(Doors(), SystemVolumes::Places{});
  }
  SystemVolumes::Doors Doors() {
    return {
        .devices = devices, .programs = programs, .mounts = mounts, .new_guid = disk::RandomGuid};
  }
  absl::Status Run(const std::vector<std::string>& command) {
    if (devices.writes_left == 0) {
      return absl::UnavailableError("the power is gone");
    }
    if (command[0].ends_with("mkfs.xfs")) {
      made.insert(command.back());
    }
    return absl::OkStatus();
  }
  // What a boot of a disk with a config does.
  absl::Status Finish(const OtherDisks& others) {
    const absl::Status mounted = volumes->MountEphemeral(kSystem, kWish, others);
    return mounted.ok() ? volumes->MarkAccepted(kSystem) : mounted;
  }
  absl::Status Accept() {
    const absl::Status made_state =
        volumes->MakeState(kSystem, kWish.size, EphemeralPlace::kElsewhere);
    return made_state.ok() ? Finish({.disks = {"/dev/sdb"}, .chosen = "/dev/sdb"}) : made_state;
  }
  std::string EphemeralDevice() { return mounts.mounted["/var"].device; }
  size_t Makings() {
    return static_cast<size_t>(std::ranges::count_if(
        programs.commands, [](const auto& command) { return command.contains("EPHEMERAL"); }));
  }

  Disks devices;
  sys::FakeMounts mounts;
  sys::FakePrograms programs{[this](const auto& command) { return Run(command); }};
  std::set<std::string> made;  // devices with a file system
  std::optional<SystemVolumes> volumes{std::in_place, Doors(), SystemVolumes::Places{}};
};

// Accepts with so many writes before the power goes, and again. False if the power lasted.
bool CutAfter(int writes) {
  Machine m;
  m.devices.writes_left = writes;
  const absl::Status first = m.Accept();
  m.devices.writes_left = -1;
  m.Restart();
  REQUIRE_THAT(m.Accept(), IsOk());
  CHECK(m.EphemeralDevice() == "/dev/sdb1");
  CHECK(m.volumes->Open(kSystem)->accepted);
  CHECK_FALSE(disk::IsBlank(*ReadTable(m.devices, "/dev/sdb"), disk::kEphemeral));
  return !first.ok();
}

}  // namespace

TEST_CASE("other disk: EPHEMERAL is made there, and not on the system's disk") {
  Machine m;
  REQUIRE_THAT(m.Accept(), IsOk());
  CHECK(m.EphemeralDevice() == "/dev/sdb1");
  CHECK(m.volumes->other_disk() == "/dev/sdb");
  CHECK_FALSE(ReadTable(m.devices, kSystem)->Find(disk::kEphemeral).ok());
  const auto ephemeral = ReadTable(m.devices, "/dev/sdb")->Find(disk::kEphemeral);
  REQUIRE_THAT(ephemeral, IsOk());
  CHECK(ephemeral->size_bytes == kOtherBytes - 2 * kMib);
}

TEST_CASE("other disk: it is found again under whatever name, and not made anew") {
  Machine m;
  REQUIRE_THAT(m.Accept(), IsOk());
  m.Rename("/dev/sdb", "/dev/sdd");
  m.Plug("/dev/sdb", kOtherBytes);
  m.Restart();
  REQUIRE_THAT(m.Finish({.disks = {"/dev/sdb", "/dev/sdd"}, .chosen = "/dev/sdb"}), IsOk());
  CHECK(m.EphemeralDevice() == "/dev/sdd1");
  CHECK(m.Makings() == 0);
}

TEST_CASE("other disk: while it is away it is missed, and no other takes its place") {
  Machine m;
  REQUIRE_THAT(m.Accept(), IsOk());
  m.devices.Remove("/dev/sdb");
  m.Plug("/dev/sdc", kOtherBytes);
  m.Restart();
  const absl::Status status = m.Finish({.disks = {"/dev/sdc"}, .chosen = "/dev/sdc"});
  CHECK(absl::IsUnavailable(status));
  CHECK_THAT(std::string(status.message()),
             Catch::Matchers::StartsWith("the disk that holds EPHEMERAL is not there: one with "));
  CHECK_FALSE(ReadTable(m.devices, "/dev/sdc").ok());
}

TEST_CASE("other disk: of two copies none is taken") {
  Machine m;
  REQUIRE_THAT(m.Accept(), IsOk());
  m.devices.Add("/dev/sdc", {.size_bytes = kOtherBytes, .sector_size_bytes = 512},
                m.devices.BytesOf("/dev/sdb"));
  m.Restart();
  CHECK_THAT(m.Finish({.disks = {"/dev/sdb", "/dev/sdc"}}),
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "several disks say that they hold EPHEMERAL: /dev/sdb, /dev/sdc; "
                            "remove all but one"));
}

TEST_CASE("other disk: one that holds anything is not touched") {
  Machine m;
  m.Plug("/dev/sdb", kOtherBytes, "ext4");
  CHECK_THAT(m.Accept(), base::StatusIs(absl::StatusCode::kFailedPrecondition,
                                        "/dev/sdb holds ext4, and EPHEMERAL is made on an empty "
                                        "disk only: wipe it first"));
  CHECK(m.devices.BytesOf("/dev/sdb") == std::string(kOtherBytes, '\0'));
}

TEST_CASE("other disk: after a reset of EPHEMERAL it is made anew there") {
  Machine m;
  REQUIRE_THAT(m.Accept(), IsOk());
  REQUIRE_THAT(m.volumes->Wipe(kSystem, {"EPHEMERAL"}, false), IsOk());
  m.Restart();
  REQUIRE_THAT(m.Finish({.disks = {"/dev/sdb"}}), IsOk());
  CHECK(m.Makings() == 1);
  CHECK(m.EphemeralDevice() == "/dev/sdb1");
}

TEST_CASE("other disk: after a reset of all it is empty, and EPHEMERAL may be anywhere") {
  Machine m;
  REQUIRE_THAT(m.Accept(), IsOk());
  REQUIRE_THAT(m.volumes->Wipe(kSystem, {"STATE", "EPHEMERAL"}, false), IsOk());
  CHECK_FALSE(ReadTable(m.devices, "/dev/sdb").ok());
  CHECK_FALSE(disk::IsEphemeralElsewhere(*ReadTable(m.devices, kSystem)));
  m.Restart();
  REQUIRE_THAT(m.volumes->MakeState(kSystem, kWish.size), IsOk());
  REQUIRE_THAT(m.Finish({.disks = {"/dev/sdb"}}), IsOk());
  CHECK(m.EphemeralDevice() == "/dev/sda6");
  CHECK(m.volumes->other_disk().empty());
}

TEST_CASE("other disk: one that was pulled out keeps nothing from being wiped") {
  Machine m;
  REQUIRE_THAT(m.Accept(), IsOk());
  m.devices.Remove("/dev/sdb");
  REQUIRE_THAT(m.volumes->Wipe(kSystem, {"STATE", "EPHEMERAL"}, false), IsOk());
  CHECK_FALSE(disk::IsAccepted(*ReadTable(m.devices, kSystem)));
}

TEST_CASE("other disk: a power cut at any write leaves what the next boot goes on from") {
  int writes = 0;
  while (CutAfter(writes)) {
    ++writes;
  }
  CHECK(writes > 8);
}

TEST_CASE("other disk: the disk of the system says whose it is, each of another one") {
  const disk::Guid one = disk::RandomGuid();
  const disk::Guid two = disk::RandomGuid();
  CHECK(disk::EphemeralDiskOf(one) == disk::EphemeralDiskOf(one));
  CHECK(disk::EphemeralDiskOf(one) != one);
  CHECK(disk::EphemeralDiskOf(one) != disk::EphemeralDiskOf(two));
}

}  // namespace ichor
