#include "machined/install/installer.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status.h"
#include "lib/base/status_matchers.h"
#include "lib/disk/guid.h"
#include "lib/disk/table_writes.h"
#include "lib/sys/fake_file_systems.h"
#include "lib/sys/volume/fake_efi_variables.h"
#include "lib/sys/volume/fake_programs.h"
#include "machined/arguments/test_addon.h"
#include "machined/block/disk_table.h"

namespace ichor {
namespace {

using base::IsOk;

constexpr const char* kAddon = "EFI/Linux/ichor-000001-A.efi.extra.d/additions.addon.efi";
constexpr std::uint64_t kMib = std::uint64_t{1} << 20U;

// Large disks that take memory only where something was written.
class SparseDisks : public sys::BlockDevices, public sys::DiskEraser {
 public:
  struct Disk {
    sys::ProbedDisk contents;
    std::map<std::uint64_t, std::string> pages;  // of a mebibyte
  };
  std::map<std::string, Disk> disks;
  std::set<std::string> busy;
  std::set<std::string> told;
  std::vector<std::string> reread;
  int changes_left = -1;

  void Add(const std::string& path, std::uint64_t mib) {
    disks[path].contents = {.size_bytes = mib * kMib, .sector_size_bytes = 512};
  }
  void AddFile(const std::string& path, const std::string& bytes) {
    disks[path].contents = {.size_bytes = bytes.size(), .sector_size_bytes = 512};
    REQUIRE_THAT(Write(path, 0, bytes), IsOk());
  }
  absl::StatusOr<sys::ProbedDisk> Probe(const std::string& path) override {
    return disks.at(path).contents;
  }
  absl::StatusOr<sys::DeviceSize> Measure(const std::string& path) override {
    if (!disks.contains(path)) {
      return absl::NotFoundError("open " + path);
    }
    const sys::ProbedDisk& disk = disks.at(path).contents;
    return sys::DeviceSize{.bytes = disk.size_bytes,
                           .sector_bytes = static_cast<std::uint32_t>(disk.sector_size_bytes)};
  }
  absl::StatusOr<std::string> Read(const std::string& path, std::uint64_t offset,
                                   size_t size) override {
    std::string bytes;
    for (std::uint64_t at = offset; at < offset + size;) {
      const std::uint64_t count = std::min(kMib - at % kMib, offset + size - at);
      const auto page = disks.at(path).pages.find(at / kMib);
      bytes += page == disks.at(path).pages.end() ? std::string(count, '\0')
                                                  : page->second.substr(at % kMib, count);
      at += count;
    }
    return bytes;
  }
  absl::Status Write(const std::string& path, std::uint64_t offset,
                     std::string_view bytes) override {
    if (changes_left == 0) {
      return absl::UnavailableError("the power is gone");
    }
    --changes_left;
    for (std::uint64_t done = 0; done < bytes.size();) {
      const std::uint64_t at = offset + done;
      const std::uint64_t count = std::min<std::uint64_t>(kMib - at % kMib, bytes.size() - done);
      std::string& page = disks.at(path).pages[at / kMib];
      page.resize(kMib);
      page.replace(at % kMib, count, bytes.substr(done, count));
      done += count;
    }
    return absl::OkStatus();
  }
  absl::Status AddPartition(const std::string& path, std::uint32_t number, std::uint64_t /*offset*/,
                            std::uint64_t /*size*/) override {
    told.insert(path + std::to_string(number));
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<sys::ClaimedDevice>> Claim(const std::string& path) override {
    if (busy.contains(path)) {
      return absl::FailedPreconditionError(path + " is busy");
    }
    return std::make_unique<Claimed>(*this, path);
  }
  absl::Status RemovePartition(const std::string& /*path*/, std::uint32_t /*number*/) override {
    return absl::OkStatus();
  }

 private:
  class Claimed : public sys::ClaimedDevice {
   public:
    Claimed(SparseDisks& disks, std::string path) : disks_(disks), path_(std::move(path)) {}
    std::uint64_t size_bytes() const override { return disks_.disks.at(path_).contents.size_bytes; }
    absl::Status Zero(std::uint64_t offset, std::uint64_t size) override {
      for (std::uint64_t at = offset; at < offset + size; at += kMib) {
        RETURN_IF_ERROR(
            disks_.Write(path_, at, std::string(std::min(kMib, offset + size - at), 0)));
      }
      return absl::OkStatus();
    }
    absl::Status RereadPartitions() override {
      disks_.reread.push_back(path_);
      return absl::OkStatus();
    }

   private:
    SparseDisks& disks_;
    const std::string path_;
  };
};

struct Fixture {
  Fixture() {
    disks.Add("/dev/sda", 700);
    disks.Add("/dev/sdb", 4000);
    const disk::Guid type = disk::KnownGuid("0fc63daf-8483-4772-8e79-3d69d8477de4");
    disk::PartitionTable image({.size_bytes = 700 * kMib}, type);
    for (const auto& [label, mib] :
         {std::pair{disk::kEfi, 8}, {disk::kBios, 1}, {disk::kRootA, 16}, {disk::kMeta, 1}}) {
      const auto added = image.Add(std::string(label), type, type, mib * kMib);
      REQUIRE_THAT(added, IsOk());
      REQUIRE_THAT(disks.Write("/dev/sda", added->offset_bytes + 5, std::string(label)), IsOk());
    }
    for (const disk::TableWrite& write : disk::WritesFor(image, "boot code")) {
      REQUIRE_THAT(disks.Write("/dev/sda", write.offset_bytes, write.bytes), IsOk());
    }
    // What another system left: a volume group in a partition, and something at the end.
    disks.disks["/dev/sdb"].contents.partitions = {
        {.index = 1, .offset_bytes = 1000 * kMib, .size_bytes = 100 * kMib}};
    REQUIRE_THAT(disks.Write("/dev/sdb", 1000 * kMib, "LVM2"), IsOk());
    REQUIRE_THAT(disks.Write("/dev/sdb", 4000 * kMib - 512, "EFI PART"), IsOk());
  }
  Installer Make() {
    return Installer({.devices = disks,
                      .eraser = disks,
                      .variables = variables,
                      .file_systems = file_systems,
                      .programs = programs,
                      .new_guid = disk::RandomGuid,
                      .media = "/media"});
  }
  disk::PartitionTable TableOf(const std::string& path) {
    auto table = disk::PartitionTable::Read(
        {.size_bytes = disks.disks.at(path).contents.size_bytes},
        [&](std::uint64_t offset, size_t size) { return disks.Read(path, offset, size); });
    REQUIRE_THAT(table, IsOk());
    return *std::move(table);
  }

  SparseDisks disks;
  sys::FakeEfiVariables variables;
  sys::FakeFileSystems file_systems;
  sys::FakePrograms programs{[this](const std::vector<std::string>& command) {
    if (disks.changes_left == 0) {
      return absl::UnavailableError("the power is gone");
    }
    if (mkfs_fails > 0) {
      --mkfs_fails;
      return absl::NotFoundError("open " + command.back());
    }
    file_systems.Add(command.back(), {});
    return absl::OkStatus();
  }};
  int mkfs_fails = 0;
};

// RAM media with what a disk is made of.
struct FromMemory : Fixture {
  FromMemory() {
    disks.AddFile("/media/plan",
                  "ichor-install 1\n"
                  "partition EFI C12A7328-F81F-11D2-BA4B-00A0C93EC93B 8388608 0\n"
                  "partition BIOS 21686148-6449-6E6F-744E-656564454649 1048576 4\n"
                  "partition ROOT-A 0FC63DAF-8483-4772-8E79-3D69D8477DE4 16777216 0\n"
                  "partition META 0FC63DAF-8483-4772-8E79-3D69D8477DE4 1048576 0\n"
                  "boot-code rest 0 4\n"
                  "bytes BIOS 0 rest 4 4\n"
                  "bytes ROOT-A 0 root.slot 0 9437184\n"
                  "directory EFI\n"
                  "file EFI/a.efi rest 8 5 kernel 0 6\n"
                  "file EFI/empty\n");
    disks.AddFile("/media/rest", "bootcorestub-");
    disks.AddFile("/media/kernel", "kernel");
    disks.AddFile("/media/root.slot", std::string(9 * kMib, 's'));
  }
};

}  // namespace

TEST_CASE("installer: the other disk gets the image, identities of its own, and nothing else") {
  Fixture f;
  const auto source = f.disks.disks["/dev/sda"].pages;
  REQUIRE_THAT(f.Make().Copy("/dev/sda", "/dev/sdb", {}), IsOk());
  CHECK(f.disks.disks["/dev/sda"].pages == source);
  const disk::PartitionTable table = f.TableOf("/dev/sdb");
  for (const std::string_view label : {disk::kEfi, disk::kBios, disk::kRootA, disk::kMeta}) {
    const auto copied = table.Find(label);
    const auto original = f.TableOf("/dev/sda").Find(label);
    REQUIRE_THAT(copied, IsOk());
    CHECK(copied->offset_bytes == original->offset_bytes);
    CHECK(copied->id != original->id);
    CHECK(*f.disks.Read("/dev/sdb", copied->offset_bytes + 5, label.size()) == label);
  }
  CHECK(table.Find(disk::kEphemeral)->end_bytes() == 3999 * kMib);
  CHECK_FALSE(disk::IsAccepted(table));
  CHECK(f.disks.Read("/dev/sdb", 0, 9)->starts_with("boot code"));
  CHECK(*f.disks.Read("/dev/sdb", 1000 * kMib, 4) == std::string(4, '\0'));
  CHECK(f.disks.reread.back() == "/dev/sdb");
}

TEST_CASE("installer: the new disk's kernel gets more arguments, the old one's keeps its own") {
  Fixture f;
  f.file_systems.Add("/dev/sda1", {{kAddon, TestAddon("p")}});
  f.file_systems.Add("/dev/sdb1", {{kAddon, TestAddon("p")}});
  REQUIRE_THAT(f.Make().Copy("/dev/sda", "/dev/sdb", {.arguments = {"a=1"}}), IsOk());
  CHECK(f.file_systems.FilesOf("/dev/sdb1")[kAddon] == TestAddon("p a=1"));
  CHECK(f.file_systems.FilesOf("/dev/sda1")[kAddon] == TestAddon("p"));
  CHECK(f.file_systems.mounted() == 0);
  CHECK(f.disks.told == std::set<std::string>{"/dev/sdb1"});
}

TEST_CASE("installer: a disk that cannot give its kernel the arguments boots nothing") {
  Fixture f;
  f.file_systems.Add("/dev/sdb1", {{"EFI/Linux/a.efi", "kernel"}});
  CHECK(absl::IsNotFound(f.Make().Copy("/dev/sda", "/dev/sdb", {.arguments = {"a=1"}})));
  CHECK_FALSE(ReadTable(f.disks, "/dev/sdb").ok());
}

TEST_CASE("installer: a disk in use, or too small, is left as it is") {
  Fixture f;
  const auto before = f.disks.disks["/dev/sdb"].pages;
  f.disks.busy = {"/dev/sdb"};
  CHECK(absl::IsFailedPrecondition(f.Make().Copy("/dev/sda", "/dev/sdb", {})));
  f.disks.busy.clear();
  f.disks.disks["/dev/sdb"].contents.size_bytes = 1000 * kMib;
  CHECK(absl::IsResourceExhausted(f.Make().Copy("/dev/sda", "/dev/sdb", {})));
  f.disks.disks["/dev/sdb"].contents = {.size_bytes = 4000 * kMib, .sector_size_bytes = 4096};
  CHECK(absl::IsInvalidArgument(f.Make().Copy("/dev/sda", "/dev/sdb", {})));
  CHECK(f.disks.disks["/dev/sdb"].pages == before);
}

TEST_CASE("installer: without power at any write, the other disk boots nothing, or all of it") {
  for (int writes = 0;; ++writes) {
    Fixture f;
    f.disks.changes_left = writes;
    const absl::Status copied = f.Make().Copy("/dev/sda", "/dev/sdb", {});
    f.disks.changes_left = -1;
    const auto table = disk::PartitionTable::Read(
        {.size_bytes = 4000 * kMib},
        [&](std::uint64_t offset, size_t size) { return f.disks.Read("/dev/sdb", offset, size); });
    INFO(writes);
    if (table.ok() && table->Find(disk::kRootA).ok()) {
      const auto root = table->Find(disk::kMeta);
      CHECK(*f.disks.Read("/dev/sdb", root->offset_bytes + 5, 4) == "META");
    }
    if (copied.ok()) {
      break;
    }
    REQUIRE_THAT(f.Make().Copy("/dev/sda", "/dev/sdb", {}), IsOk());
  }
}

TEST_CASE("installer: the firmware boots the new disk's loader first") {
  Fixture f;
  f.variables.variables["BootOrder"] = std::string("\7\0", 2);
  REQUIRE_THAT(f.Make().Copy("/dev/sda", "/dev/sdb", {}), IsOk());
  REQUIRE_THAT(f.Make().BootFrom("/dev/sdb"), IsOk());
  CHECK(f.variables.variables["BootOrder"] == std::string("\0\0\7\0", 4));
  const auto id = f.TableOf("/dev/sdb").Find(disk::kEfi)->id;
  const std::string bytes(reinterpret_cast<const char*>(id.data()), id.size());
  CHECK(f.variables.variables["Boot0000"].find(bytes) != std::string::npos);
}

TEST_CASE("installer: from memory, a disk gets all that a flashed one has") {
  FromMemory f;
  REQUIRE_THAT(f.Make().Build("/dev/sdb", {}), IsOk());
  const disk::PartitionTable table = f.TableOf("/dev/sdb");
  const auto bios = table.Find(disk::kBios);
  REQUIRE_THAT(bios, IsOk());
  CHECK(bios->offset_bytes == 9 * kMib);
  CHECK(bios->attributes == 4);
  CHECK(*f.disks.Read("/dev/sdb", bios->offset_bytes, 5) == std::string("core\0", 5));
  CHECK(*f.disks.Read("/dev/sdb", table.Find(disk::kRootA)->offset_bytes + 9 * kMib - 1, 1) == "s");
  CHECK(table.Find(disk::kEphemeral)->end_bytes() == 3999 * kMib);
  CHECK(*f.disks.Read("/dev/sdb", 0, 4) == "boot");
  CHECK(*f.disks.Read("/dev/sdb", 446, 1) == "\x80");  // active, as in an image
  CHECK(f.programs.commands ==
        std::vector<std::string>{"/usr/sbin/mkfs.fat -F32 -S512 -s8 -i1C480000 -nEFI --invariant "
                                 "/dev/sdb1"});
  CHECK(f.file_systems.FilesOf("/dev/sdb1") ==
        sys::FakeFileSystems::Files{{"EFI/a.efi", "stub-kernel"}, {"EFI/empty", ""}});
  CHECK(f.file_systems.mounted() == 0);
  CHECK(f.disks.told == std::set<std::string>{"/dev/sdb1"});
  CHECK(*f.disks.Read("/dev/sdb", 1000 * kMib, 4) == std::string(4, '\0'));
}

TEST_CASE("installer: a partition that was away for a moment is made all the same") {
  FromMemory f;
  f.mkfs_fails = 2;
  REQUIRE_THAT(f.Make().Build("/dev/sdb", {}), IsOk());
  CHECK(f.programs.commands.size() == 3);
  CHECK(f.file_systems.FilesOf("/dev/sdb1")["EFI/a.efi"] == "stub-kernel");
  f.mkfs_fails = 3;
  CHECK(absl::IsNotFound(f.Make().Build("/dev/sdb", {})));
}

TEST_CASE("installer: without power at any write from memory, the disk boots nothing, or all") {
  bool over = false;
  for (int writes = 0; !over; ++writes) {
    FromMemory f;
    f.disks.changes_left = writes;
    over = f.Make().Build("/dev/sdb", {}).ok();
    f.disks.changes_left = -1;
    INFO(writes);
    const auto table = ReadTable(f.disks, "/dev/sdb");
    if (table.ok() && table->Find(disk::kRootA).ok()) {
      CHECK(f.file_systems.FilesOf("/dev/sdb1")["EFI/a.efi"] == "stub-kernel");
      CHECK(*f.disks.Read("/dev/sdb", table->Find(disk::kRootA)->offset_bytes, 1) == "s");
    }
    REQUIRE_THAT(f.Make().Build("/dev/sdb", {}), IsOk());
  }
}

TEST_CASE("installer: from memory nothing is written unless all is there, and there is room") {
  FromMemory f;
  const auto before = f.disks.disks["/dev/sdb"].pages;
  f.disks.disks["/dev/sdb"].contents.size_bytes = 1000 * kMib;
  CHECK(absl::IsResourceExhausted(f.Make().Build("/dev/sdb", {})));
  f.disks.disks["/dev/sdb"].contents.size_bytes = 4000 * kMib;
  f.disks.busy = {"/dev/sdb"};
  CHECK(absl::IsFailedPrecondition(f.Make().Build("/dev/sdb", {})));
  f.disks.busy.clear();
  f.disks.disks.erase("/media/plan");
  const absl::Status none = f.Make().Build("/dev/sdb", {});
  CHECK(absl::IsFailedPrecondition(none));
  CHECK(base::MessageOf(none).contains("carries no boot loaders to install"));
  CHECK(f.disks.disks["/dev/sdb"].pages == before);
}

}  // namespace ichor
