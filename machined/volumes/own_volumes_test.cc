#include "machined/volumes/own_volumes.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/disk/guid.h"
#include "lib/disk/table_writes.h"
#include "lib/sys/fake_block_devices.h"
#include "lib/sys/volume/fake_mounts.h"
#include "lib/sys/volume/fake_programs.h"
#include "machined/block/disk_table.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr std::uint64_t kMib = std::uint64_t{1} << 20U;
constexpr std::uint64_t kSystemBytes = 32 * kMib;
constexpr std::uint64_t kOtherBytes = 16 * kMib;
constexpr const char* kSystem = "/dev/sda";

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

VolumeWish Wish(std::string_view label, std::uint64_t min_mib = 4) {
  VolumeWish wish{.place = *std::ranges::find(kVolumePlaces, label, &VolumePlace::label),
                  .size = {.min_bytes = min_mib * kMib, .grow = false}};
  wish.place.user = getuid();
  return wish;
}

struct Directory {
  Directory() { REQUIRE(mkdtemp(name.data()) != nullptr); }
  ~Directory() { std::filesystem::remove_all(name); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const std::string& path() const { return name; }
  std::string name = "/tmp/own-volumes-XXXXXX";
};

struct Node {
  Node() {
    Plug(kSystem, kSystemBytes);
    Plug("/dev/sdb", kOtherBytes);
    disk::PartitionTable table({.size_bytes = kSystemBytes}, disk::RandomGuid());
    for (const disk::TableWrite& write : disk::WritesFor(table, std::string(512, '\0'))) {
      REQUIRE_THAT(devices.Write(kSystem, write.offset_bytes, write.bytes), IsOk());
    }
    system = table.disk();
    for (const char* const name : {"/state", "/var"}) {
      std::filesystem::create_directories(directory.path() + name);
    }
    mounts.check = [this](const auto& plan) {
      return made.contains(plan.device) ? absl::OkStatus() : absl::InternalError("no file system");
    };
  }

  void Plug(const std::string& path, std::uint64_t bytes, const std::string& type = "") {
    devices.Add(path, {.size_bytes = bytes, .sector_size_bytes = 512, .contents = {.type = type}},
                std::string(bytes, '\0'));
  }
  absl::Status Run(const std::vector<std::string>& command) {
    if (devices.writes_left == 0) {
      return absl::UnavailableError("the power is gone");
    }
    if (command[0].ends_with("mkfs.xfs")) {
      made.insert(command.back());
      ++makings;
    }
    return absl::OkStatus();
  }
  // What a boot does.
  absl::Status Boot(const std::vector<VolumeWish>& wishes, const OtherDisks& others) {
    mounts.mounted.clear();
    makings = 0;
    volumes.emplace(
        OwnVolumes::Doors{.devices = devices, .mounts = mounts, .new_guid = disk::RandomGuid},
        files, directory.path() + "/state", directory.path() + "/var");
    volumes->set_disks(others.disks);
    return volumes->Mount(kSystem, wishes, others);
  }
  std::string DeviceAt(const std::string& path) {
    return mounts.mounted[directory.path() + "/var/" + path].device;
  }
  bool IsBlankOn(const std::string& disk, const std::string& label) {
    const auto partition = disk::FindVolume(*ReadTable(devices, disk), system, label);
    return partition.has_value() && disk::IsBlank(*partition);
  }

  Directory directory;
  Disks devices;
  sys::FakeMounts mounts;
  sys::FakePrograms programs{[this](const auto& command) { return Run(command); }};
  XfsVolumes files{devices, programs, mounts};
  std::set<std::string> made;  // devices with a file system
  int makings = 0;
  disk::Guid system{};
  std::optional<OwnVolumes> volumes;
};

OtherDisks On(const std::string& label, const std::vector<std::string>& chosen,
              std::vector<std::string> disks = {"/dev/sdb"}) {
  OtherDisks others{.disks = std::move(disks)};
  others.volumes.emplace(label, chosen);
  return others;
}

// Boots with so many writes before the power goes, and again. False if the power lasted.
bool CutAfter(int writes) {
  Node n;
  n.devices.writes_left = writes;
  const absl::Status first = n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdb"}));
  n.devices.writes_left = -1;
  REQUIRE_THAT(n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdb"})), IsOk());
  CHECK(n.DeviceAt("lib/etcd") == "/dev/sdb1");
  CHECK_FALSE(n.IsBlankOn("/dev/sdb", "ETCD"));
  return !first.ok();
}

}  // namespace

TEST_CASE("own volumes: one is made on another disk, mounted, and found again by any name") {
  Node n;
  REQUIRE_THAT(n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdb"})), IsOk());
  CHECK(n.DeviceAt("lib/etcd") == "/dev/sdb1");
  CHECK(n.makings == 1);
  const sys::MountPlan plan = n.mounts.mounted[n.directory.path() + "/var/lib/etcd"];
  CHECK_FALSE(plan.programs);
  CHECK(plan.secure);
  n.devices.Add("/dev/sdd", {.size_bytes = kOtherBytes, .sector_size_bytes = 512},
                n.devices.BytesOf("/dev/sdb"));
  n.devices.Remove("/dev/sdb");
  n.made.insert("/dev/sdd1");
  REQUIRE_THAT(n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdc"}, {"/dev/sdc", "/dev/sdd"})), IsOk());
  CHECK(n.DeviceAt("lib/etcd") == "/dev/sdd1");
  CHECK(n.makings == 0);
}

TEST_CASE("own volumes: one is made in the system disk's free space") {
  Node n;
  REQUIRE_THAT(n.Boot({Wish("CRI")}, On("CRI", {kSystem})), IsOk());
  CHECK(n.DeviceAt("lib/containerd") == "/dev/sda1");
  CHECK(n.mounts.mounted[n.directory.path() + "/var/lib/containerd"].programs);
}

TEST_CASE("own volumes: while its disk is away it is missed, and made nowhere else") {
  Node n;
  REQUIRE_THAT(n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdb"})), IsOk());
  n.devices.Remove("/dev/sdb");
  n.Plug("/dev/sdc", kOtherBytes);
  CHECK_THAT(n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdc"}, {"/dev/sdc"})),
             StatusIs(absl::StatusCode::kUnavailable, "ETCD: the disk that holds it is not there"));
  CHECK_FALSE(ReadTable(n.devices, "/dev/sdc").ok());
  CHECK_FALSE(n.volumes->volumes().at(0).error.ok());
}

TEST_CASE("own volumes: a disk that holds anything is not touched") {
  Node n;
  n.Plug("/dev/sdb", kOtherBytes, "ext4");
  CHECK_THAT(n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdb"})),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      "ETCD: 0 disks can take ETCD, expected one: /dev/sdb holds ext4: wipe it "
                      "first"));
  CHECK(n.devices.BytesOf("/dev/sdb") == std::string(kOtherBytes, '\0'));
}

TEST_CASE("own volumes: a power cut at any write leaves what the next boot goes on from") {
  int writes = 0;
  while (CutAfter(writes)) {
    ++writes;
  }
  CHECK(writes > 4);
}

TEST_CASE("own volumes: what was made is repaired, and never made anew") {
  Node n;
  REQUIRE_THAT(n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdb"})), IsOk());
  n.made.clear();
  const absl::Status lost = n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdb"}));
  CHECK(absl::IsDataLoss(lost));
  CHECK(n.makings == 0);
  CHECK(n.programs.commands.back() == "/usr/sbin/xfs_repair /dev/sdb1");
}

TEST_CASE("own volumes: one grows where its config lets it") {
  Node n;
  VolumeWish wish = Wish("LOG");
  wish.size.max_bytes = 6 * kMib;
  REQUIRE_THAT(n.Boot({wish}, On("LOG", {"/dev/sdb"})), IsOk());
  CHECK(n.volumes->volumes().at(0).partition.size_bytes == 6 * kMib);
  wish.size = {.min_bytes = 4 * kMib, .max_bytes = 8 * kMib, .grow = true};
  REQUIRE_THAT(n.Boot({wish}, On("LOG", {"/dev/sdb"})), IsOk());
  CHECK(n.volumes->volumes().at(0).partition.size_bytes == 8 * kMib);
}

TEST_CASE("own volumes: a wipe of one has the next boot make it anew in its place") {
  Node n;
  OtherDisks others = On("ETCD", {"/dev/sdb"});
  others.volumes.emplace("CRI", std::vector<std::string>{kSystem});
  const std::vector<VolumeWish> both = {Wish("CRI"), Wish("ETCD")};
  REQUIRE_THAT(n.Boot(both, others), IsOk());
  REQUIRE_THAT(n.volumes->Unmount(), IsOk());
  CHECK(n.mounts.mounted.empty());
  REQUIRE_THAT(n.volumes->Wipe(kSystem, {"ETCD", "STATE"}, false), IsOk());
  CHECK(n.IsBlankOn("/dev/sdb", "ETCD"));
  CHECK_FALSE(n.IsBlankOn(kSystem, "CRI"));
  REQUIRE_THAT(n.Boot(both, others), IsOk());
  CHECK(n.makings == 1);
}

TEST_CASE("own volumes: a wipe of everything leaves other disks empty") {
  Node n;
  REQUIRE_THAT(n.Boot({Wish("ETCD")}, On("ETCD", {"/dev/sdb"})), IsOk());
  REQUIRE_THAT(n.volumes->Wipe(kSystem, {}, true), IsOk());
  CHECK_FALSE(ReadTable(n.devices, "/dev/sdb").ok());
}

}  // namespace ichor
