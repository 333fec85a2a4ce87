#include "machined/volumes/system_volumes.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/disk/guid.h"
#include "lib/disk/table_writes.h"
#include "lib/disk/xfs_size.h"
#include "lib/sys/fake_block_devices.h"
#include "lib/sys/volume/fake_mounts.h"
#include "lib/sys/volume/fake_programs.h"
#include "machined/block/disk_table.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr std::uint64_t kMib = std::uint64_t{1} << 20U;
constexpr std::uint64_t kDiskBytes = 8192 * kMib;
constexpr const char* kDisk = "/dev/sda";

// A disk whose bytes are kept at its two ends only, where tables are.
class TableDisk : public sys::FakeBlockDevices {
 public:
  TableDisk() {
    const disk::Guid type = disk::KnownGuid("0fc63daf-8483-4772-8e79-3d69d8477de4");
    disk::PartitionTable image({.size_bytes = kDiskBytes}, type);
    for (const auto& [label, size] :
         {std::pair{disk::kEfi, 64}, {disk::kRootA, 512}, {disk::kMeta, 1}}) {
      REQUIRE_THAT(image.Add(std::string(label), type, type, size * kMib), IsOk());
    }
    Add(kDisk, {.size_bytes = kDiskBytes, .sector_size_bytes = 512});
    for (const disk::TableWrite& write : disk::WritesFor(image, std::string(512, '\0'))) {
      REQUIRE_THAT(Write(kDisk, write.offset_bytes, write.bytes), IsOk());
    }
    writes = 0;
  }
  absl::StatusOr<sys::DeviceSize> Measure(const std::string& /*path*/) override {
    return sys::DeviceSize{.bytes = bytes, .sector_bytes = 512};
  }
  absl::StatusOr<std::string> Read(const std::string& /*path*/, std::uint64_t offset,
                                   size_t size) override {
    if (IsEnd(offset)) {
      return EndOf(offset).substr(offset % kMib, size);
    }
    std::string superblock = superblocks[offset];
    superblock.resize(size);
    return superblock;
  }
  // Each is whole or not there; how they tear is tested in lib/disk.
  absl::Status Write(const std::string& /*path*/, std::uint64_t offset,
                     std::string_view written) override {
    if (writes_left == 0) {
      return absl::UnavailableError("the power is gone");
    }
    --writes_left;
    ++writes;
    offsets.push_back(offset);
    if (IsEnd(offset)) {
      EndOf(offset).replace(offset % kMib, written.size(), written);
    }
    return absl::OkStatus();
  }
  // The disk becomes larger; the backup of its table is in its middle then.
  void Grow(std::uint64_t size) {
    bytes = size;
    last_ = std::string(kMib, '\0');
  }

  std::uint64_t bytes = kDiskBytes;
  std::map<std::uint64_t, std::string> superblocks;  // by where they lie
  int writes = 0;
  int writes_left = -1;
  std::vector<std::uint64_t> offsets;  // of the writes, in order

 private:
  bool IsEnd(std::uint64_t offset) const { return offset < kMib || offset >= bytes - kMib; }
  std::string& EndOf(std::uint64_t offset) { return offset < kMib ? first_ : last_; }
  std::string first_ = std::string(kMib, '\0');
  std::string last_ = std::string(kMib, '\0');
};

struct Fixture {
  Fixture() {
    mounts.check = [this](const auto& plan) { return CanMount(plan.device); };
  }

  absl::Status CanMount(const std::string& device) const {
    return made.contains(device) ? absl::OkStatus() : absl::InternalError("no file system");
  }
  // mkfs and xfs_repair: both make what can be mounted.
  absl::Status Run(const std::vector<std::string>& command) {
    if (power_cut) {
      return absl::UnavailableError("the power is gone");
    }
    if (command[0].ends_with("xfs_growfs") ||
        (command[0].ends_with("mkfs.xfs") && command.back() == "/dev/sda6")) {
      FillPartition();
    }
    if (command[0].ends_with("mkfs.xfs") || repairable) {
      made.insert(command.back());
    }
    return absl::OkStatus();
  }
  // EPHEMERAL's file system takes all of its partition.
  void FillPartition() {
    const auto table = ReadTable(devices, kDisk);
    const auto ephemeral = table->Find(disk::kEphemeral);
    std::string superblock(disk::kXfsSuperblockBytes, '\0');
    superblock.replace(0, 4, "XFSB");
    superblock[5] = 0x10;  // blocks of a mebibyte
    superblock[14] = static_cast<char>(ephemeral->size_bytes / kMib >> 8U);
    superblock[15] = static_cast<char>(ephemeral->size_bytes / kMib);
    devices.superblocks[ephemeral->offset_bytes] = superblock;
  }
  std::uint64_t GrownBytes() {
    return disk::XfsBytes(devices.superblocks.begin()->second).value_or(0);
  }
  void Restart() {
    mounts.mounted.clear();
    programs.commands.clear();
  }
  SystemVolumes Volumes() {
    return SystemVolumes(
        {.devices = devices, .programs = programs, .mounts = mounts, .new_guid = disk::RandomGuid},
        {});
  }
  absl::Status AcceptAll() {
    const absl::Status made = Volumes().MakeState(kDisk);
    return made.ok() ? Finish() : made;
  }
  // What every boot of an accepted disk does.
  absl::Status Finish() {
    SystemVolumes volumes = Volumes();
    const absl::Status mounted = volumes.MountEphemeral(kDisk);
    return mounted.ok() ? volumes.MarkAccepted(kDisk) : mounted;
  }

  TableDisk devices;
  sys::FakeMounts mounts;
  sys::FakePrograms programs{[this](const auto& command) { return Run(command); }};
  std::set<std::string> made;  // devices with a file system
  bool power_cut = false;
  bool repairable = false;
};

// Accepts, with so many writes before the power goes, and again. False if the power lasted.
bool CutAfter(int writes) {
  Fixture f;
  f.devices.writes_left = writes;
  const absl::Status first = f.AcceptAll();
  f.devices.writes_left = -1;
  f.mounts.mounted.clear();
  const auto found = f.Volumes().Open(kDisk);
  REQUIRE_THAT(found, IsOk());
  CHECK(found->accepted == first.ok());
  REQUIRE_THAT(f.AcceptAll(), IsOk());
  CHECK(f.Volumes().Open(kDisk)->accepted);
  CHECK(std::ranges::count_if(f.programs.commands, [](const std::string& command) {
          return command.contains("EPHEMERAL");
        }) == 1);
  return !first.ok();
}

}  // namespace

TEST_CASE("system volumes: a disk as it was flashed has no STATE, and is not touched") {
  Fixture f;
  const auto found = f.Volumes().Open(kDisk);
  REQUIRE_THAT(found, IsOk());
  CHECK_FALSE(found->state);
  CHECK_FALSE(found->accepted);
  CHECK(f.devices.writes == 0);
  CHECK(f.programs.commands.empty());
}

TEST_CASE("system volumes: acceptance makes both, tells the kernel, and is found again") {
  Fixture f;
  REQUIRE_THAT(f.AcceptAll(), IsOk());
  CHECK(f.programs.commands ==
        std::vector<std::string>{
            "/usr/sbin/mkfs.xfs -f -q -K -c options=/usr/share/xfsprogs/mkfs/lts_6.12.conf -L "
            "STATE --unsupported /dev/sda5",
            "/usr/sbin/mkfs.xfs -f -q -K -c options=/usr/share/xfsprogs/mkfs/lts_6.12.conf -L "
            "EPHEMERAL /dev/sda6"});
  CHECK(f.mounts.mounted["/system/state"].device == "/dev/sda5");
  CHECK_FALSE(f.mounts.mounted["/system/state"].programs);
  CHECK(f.mounts.mounted["/var"].device == "/dev/sda6");
  CHECK(f.mounts.mounted["/var"].programs);
  CHECK(f.devices.ToldOf(kDisk).size() == 3);

  f.mounts.mounted.clear();
  f.programs.commands.clear();
  const int writes = f.devices.writes;
  const auto found = f.Volumes().Open(kDisk);
  REQUIRE_THAT(found, IsOk());
  CHECK(found->state);
  CHECK(found->accepted);
  REQUIRE_THAT(f.AcceptAll(), IsOk());
  CHECK(f.programs.commands.empty());
  CHECK(f.devices.writes == writes);
}

TEST_CASE("system volumes: without power at any write, the next boot finds a table and goes on") {
  int cuts = 0;
  while (CutAfter(cuts)) {
    ++cuts;
  }
  CHECK(cuts > 5);
}

TEST_CASE("system volumes: a STATE that was not finished is no STATE, and is made anew") {
  Fixture f;
  f.power_cut = true;
  REQUIRE_FALSE(f.AcceptAll().ok());
  f.power_cut = false;
  const auto found = f.Volumes().Open(kDisk);
  REQUIRE_THAT(found, IsOk());
  CHECK_FALSE(found->state);
  REQUIRE_THAT(f.AcceptAll(), IsOk());
  CHECK(f.Volumes().Open(kDisk)->accepted);
}

TEST_CASE("system volumes: what an earlier node left where STATE comes to lie is erased first") {
  Fixture f;
  f.devices.offsets.clear();
  REQUIRE_THAT(f.Volumes().MakeState(kDisk), IsOk());
  const auto table = ReadTable(f.devices, kDisk);
  REQUIRE_THAT(table, IsOk());
  REQUIRE(f.devices.offsets.size() > 3);
  for (size_t i = 0;
       const std::string_view label : {disk::kRootB, disk::kState, disk::kEphemeral}) {
    CHECK(f.devices.offsets[i++] == table->Find(label)->offset_bytes);
  }
}

TEST_CASE("system volumes: of an accepted disk, STATE is repaired, never made anew") {
  Fixture f;
  REQUIRE_THAT(f.AcceptAll(), IsOk());
  f.mounts.mounted.clear();
  f.made.clear();
  f.programs.commands.clear();
  f.repairable = true;
  CHECK(f.Volumes().Open(kDisk)->state);
  CHECK(f.programs.commands == std::vector<std::string>{"/usr/sbin/xfs_repair /dev/sda5"});

  f.made.clear();
  f.mounts.mounted.clear();
  f.repairable = false;
  CHECK_THAT(
      f.Volumes().Open(kDisk).status(),
      StatusIs(absl::StatusCode::kDataLoss, "STATE on /dev/sda5 cannot be read: no file system"));
  CHECK_THAT(f.Volumes().MountEphemeral(kDisk),
             StatusIs(absl::StatusCode::kDataLoss,
                      "EPHEMERAL on /dev/sda6 cannot be read: no file system"));
  CHECK(std::ranges::none_of(f.programs.commands, [](const std::string& command) {
    return command.find("mkfs") != std::string::npos;
  }));
}

TEST_CASE("system volumes: what was wiped is made anew; without STATE nothing was ever accepted") {
  Fixture f;
  REQUIRE_THAT(f.AcceptAll(), IsOk());
  f.made.erase("/dev/sda6");
  f.programs.commands.clear();
  SECTION("EPHEMERAL") {
    REQUIRE_THAT(f.Volumes().Wipe(kDisk, {"EPHEMERAL"}, false), IsOk());
    CHECK(f.mounts.mounted.empty());
    const auto found = f.Volumes().Open(kDisk);
    CHECK(found->state);
    CHECK(found->accepted);
    REQUIRE_THAT(f.Finish(), IsOk());
    CHECK(f.programs.commands.size() == 1);
    f.programs.commands.clear();
    REQUIRE_THAT(f.Finish(), IsOk());
    CHECK(f.programs.commands.empty());
  }
  SECTION("both") {
    REQUIRE_THAT(f.Volumes().Wipe(kDisk, {"STATE", "EPHEMERAL"}, false), IsOk());
    f.made.clear();
    const auto found = f.Volumes().Open(kDisk);
    CHECK_FALSE(found->state);
    CHECK_FALSE(found->accepted);
  }
  SECTION("META is nobody's config") {
    REQUIRE_THAT(f.Volumes().Wipe(kDisk, {"META"}, false), IsOk());
    CHECK(f.Volumes().Open(kDisk)->accepted);
  }
  SECTION("everything") {
    REQUIRE_THAT(f.Volumes().Wipe(kDisk, {}, true), IsOk());
    CHECK_FALSE(f.Volumes().Open(kDisk).ok());
  }
}

TEST_CASE("system volumes: a disk that is too small is refused before anything is written") {
  Fixture f;
  f.devices.bytes = 2048 * kMib;
  const absl::Status refused = f.Volumes().MakeState(kDisk);
  CHECK(absl::IsResourceExhausted(refused));
  CHECK(f.devices.writes == 0);
}

TEST_CASE("system volumes: without power at any write of a reset, STATE stays or goes as a whole") {
  const std::vector<std::string> labels = GENERATE(
      std::vector<std::string>{"EPHEMERAL"}, std::vector<std::string>{"STATE"},
      std::vector<std::string>{"STATE", "EPHEMERAL"}, std::vector<std::string>{"STATE", "META"});
  const bool keeps_state = labels.front() == "EPHEMERAL";
  bool over = false;
  for (int cut = 0; !over; ++cut) {
    INFO(cut);
    Fixture f;
    REQUIRE_THAT(f.AcceptAll(), IsOk());
    f.programs.commands.clear();
    f.devices.writes_left = cut;
    over = f.Volumes().Wipe(kDisk, labels, false).ok();
    f.devices.writes_left = -1;
    const auto found = f.Volumes().Open(kDisk);
    REQUIRE_THAT(found, IsOk());
    // A disk that is not accepted any more has no STATE that could be taken for one, though the
    // bytes that a cut left of it may be mounted: it was zeroed by now.
    CHECK((found->accepted || !keeps_state));
    const auto table = ReadTable(f.devices, kDisk);
    REQUIRE_THAT(table, IsOk());
    CHECK_FALSE(disk::IsBlank(*table, disk::kState));
    const std::uint64_t state = table->Find(disk::kState)->offset_bytes;
    CHECK((found->accepted || std::ranges::contains(f.devices.offsets, state + 99 * kMib)));
    CHECK((!over || found->accepted == keeps_state));
    const bool ephemeral_goes = disk::IsBlank(*table, disk::kEphemeral);
    CHECK((!over || ephemeral_goes == std::ranges::contains(labels, "EPHEMERAL")));
    REQUIRE_THAT(f.AcceptAll(), IsOk());
    CHECK(std::ranges::contains(f.programs.commands,
                                "/usr/sbin/mkfs.xfs -f -q -K -c "
                                "options=/usr/share/xfsprogs/mkfs/lts_6.12.conf -L EPHEMERAL "
                                "/dev/sda6") == ephemeral_goes);
    CHECK(f.Volumes().Open(kDisk)->accepted);
  }
}

TEST_CASE("system volumes: an installed disk is accepted, and its first boot makes EPHEMERAL") {
  Fixture f;
  REQUIRE_THAT(f.Volumes().MakeState(kDisk), IsOk());
  REQUIRE_THAT(f.Volumes().MarkInstalled(kDisk), IsOk());
  f.programs.commands.clear();
  CHECK(f.Volumes().Open(kDisk)->accepted);
  f.made.insert("/dev/sda6");  // what another system left there
  REQUIRE_THAT(f.Finish(), IsOk());
  CHECK(f.programs.commands.size() == 1);
}

TEST_CASE("system volumes: EPHEMERAL grows with the disk, and its file system with it") {
  Fixture f;
  REQUIRE_THAT(f.AcceptAll(), IsOk());
  f.Restart();
  f.devices.Grow(2 * kDiskBytes);
  REQUIRE_THAT(f.Finish(), IsOk());
  const auto ephemeral = ReadTable(f.devices, kDisk)->Find(disk::kEphemeral);
  REQUIRE_THAT(ephemeral, IsOk());
  CHECK(ephemeral->end_bytes() == 2 * kDiskBytes - kMib);
  CHECK(f.devices.ToldOf(kDisk)[6].second == ephemeral->size_bytes);
  CHECK(f.programs.commands == std::vector<std::string>{"/usr/sbin/xfs_growfs -d /var"});

  f.Restart();
  const int writes = f.devices.writes;
  REQUIRE_THAT(f.Finish(), IsOk());
  CHECK(f.programs.commands.empty());
  CHECK(f.devices.writes == writes);
}

TEST_CASE("system volumes: EPHEMERAL that shall not grow stays, and one that cannot says why") {
  Fixture f;
  REQUIRE_THAT(f.AcceptAll(), IsOk());
  f.Restart();
  f.devices.Grow(2 * kDiskBytes);
  SystemVolumes volumes = f.Volumes();
  REQUIRE_THAT(volumes.MountEphemeral(kDisk, {.size = {.grow = false}}), IsOk());
  CHECK(f.programs.commands.empty());
  f.devices.writes_left = 0;
  REQUIRE_THAT(volumes.MountEphemeral(kDisk), IsOk());
  CHECK_THAT(volumes.growth_error(), StatusIs(absl::StatusCode::kUnavailable, "the power is gone"));
}

TEST_CASE("system volumes: without power at any write of growing, the next boot goes on") {
  bool over = false;
  for (int cut = 0; !over; ++cut) {
    INFO(cut);
    Fixture f;
    REQUIRE_THAT(f.AcceptAll(), IsOk());
    f.Restart();
    f.devices.Grow(2 * kDiskBytes);
    f.devices.writes_left = cut;
    SystemVolumes volumes = f.Volumes();
    REQUIRE_THAT(volumes.MountEphemeral(kDisk), IsOk());
    over = volumes.growth_error().ok();
    f.devices.writes_left = -1;
    REQUIRE(f.Volumes().Open(kDisk)->accepted);
    REQUIRE_THAT(f.Finish(), IsOk());
    CHECK(ReadTable(f.devices, kDisk)->Find(disk::kEphemeral)->end_bytes() ==
          2 * kDiskBytes - kMib);
    CHECK(f.GrownBytes() == ReadTable(f.devices, kDisk)->Find(disk::kEphemeral)->size_bytes);
  }
}

TEST_CASE("system volumes: EPHEMERAL is mounted as its config says") {
  Fixture f;
  REQUIRE_THAT(f.AcceptAll(), IsOk());
  f.Restart();
  REQUIRE_THAT(f.Volumes().MountEphemeral(kDisk, {.secure = false, .access_times = false}), IsOk());
  CHECK_FALSE(f.mounts.mounted["/var"].secure);
  CHECK_FALSE(f.mounts.mounted["/var"].access_times);
}

}  // namespace ichor
