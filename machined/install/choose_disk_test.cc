#include "machined/install/choose_disk.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>
#include <string>

#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using base::IsOk;
using block::DiscoveredVolume;
using block::Disk;
using Catch::Matchers::ContainsSubstring;

config::Config Install(const std::string& install) {
  const std::string text = "machine: {type: worker" +
                           (install.empty() ? "" : ", install: {" + install + "}") +
                           "}\ncluster: {}\n";
  auto config = config::Load("", text);
  REQUIRE_THAT(config, IsOk());
  return *std::move(config);
}

// The server of story S1: two large disks with data, the small one with the image.
struct Server {
  DisksAtHand AtHand() {
    return {.disks = AllOf<Disk>(disks),
            .volumes = AllOf<DiscoveredVolume>(volumes),
            .booted = booted,
            .is_removable = [this](const std::string& id) { return removable.contains(id); },
            .is_mounted = [this](const std::string& id) { return mounted.contains(id); }};
  }
  absl::StatusOr<DiskChoice> Choose(const std::string& install) {
    return ChooseDisk(Install(install), AtHand());
  }

  static std::string Sized(const std::string& dev_path, const std::string& size,
                           const std::string& more = "") {
    return "dev_path: '" + dev_path + "' size: " + size + " pretty_size: '" + size +
           "' transport: 'sata' model: 'Model' " + more;
  }

  std::vector<GivenRow<Disk>> disks = {
      {"sda", Sized("/dev/sda", "2000000000000", "rotational: true")},
      {"sdb", Sized("/dev/sdb", "2000000000000", "symlinks: '/dev/disk/by-id/b'")},
      {"sdc", Sized("/dev/sdc", "256000000000", "serial: 'S3'")}};
  std::vector<GivenRow<DiscoveredVolume>> volumes = {
      {"sda", "name: 'gpt'"},
      {"sda1", "parent: 'sda' name: 'ext4' label: 'ubuntu'"},
      {"sda2", "parent: 'sda' name: 'LVM2_member'"},
      {"sdb", "name: ''"},
      {"sdc", "name: 'gpt'"}};
  std::string booted = "sdc";
  std::set<std::string> removable;
  std::set<std::string> mounted;
};

}  // namespace

TEST_CASE("choose disk: the booted one where the config says nothing, or means it") {
  Server server;
  const std::string install =
      GENERATE("", "image: x", "disk: /dev/sdc", "disk: none, diskSelector: {size: '< 1TB'}",
               "diskSelector: {serial: 'S*'}");
  INFO(install);
  const auto choice = server.Choose(install);
  REQUIRE_THAT(choice, IsOk());
  CHECK(choice->dev_path == "/dev/sdc");
  CHECK(choice->booted);
  CHECK(choice->goes.empty());
}

TEST_CASE("choose disk: another one, by path, link or property, and what goes with it") {
  Server server;
  const auto named = server.Choose("disk: /dev/disk/by-id/b");
  REQUIRE_THAT(named, IsOk());
  CHECK(named->id == "sdb");
  CHECK_FALSE(named->booted);
  const auto found = server.Choose("disk: /dev/sdc, diskSelector: {type: hdd}");
  REQUIRE_THAT(found, IsOk());
  CHECK(found->id == "sda");
  CHECK(found->goes == std::vector<std::string>{"GPT", "ext4 \"ubuntu\"", "LVM2_member"});
}

TEST_CASE("choose disk: of several the booted one, else the only one without data") {
  Server server;
  CHECK(server.Choose("diskSelector: {model: 'M*'}")->id == "sdc");
  CHECK(server.Choose("diskSelector: {size: '> 1TB'}")->id == "sdb");
  server.booted = "";
  CHECK(server.Choose("diskSelector: {model: 'M*'}")->id == "sdb");
}

TEST_CASE("choose disk: no guess where nothing, or too much, matches") {
  Server server;
  const auto none = server.Choose("diskSelector: {size: '> 9TB'}");
  CHECK(absl::IsInvalidArgument(none.status()));
  CHECK_THAT(std::string(none.status().message()),
             ContainsSubstring("machine.install.diskSelector: 0 of 3 disks match") &&
                 ContainsSubstring("/dev/sda (2000000000000, Model): does not match"));
  server.volumes = {{"sda", "name: 'gpt'"}, {"sdb", "name: 'xfs'"}};
  const auto two = server.Choose("diskSelector: {size: '> 1TB'}");
  CHECK_THAT(std::string(two.status().message()),
             ContainsSubstring("2 of 3 disks match") && ContainsSubstring("Model): matches"));
  const auto missing = server.Choose("disk: /dev/sdx");
  CHECK_THAT(std::string(missing.status().message()),
             ContainsSubstring("machine.install.disk: 0 of 3 disks match \"/dev/sdx\""));
}

TEST_CASE("choose disk: a machine that runs from memory needs to be told") {
  Server server;
  server.booted = "";
  const auto choice = server.Choose("");
  CHECK(absl::IsInvalidArgument(choice.status()));
  CHECK_THAT(std::string(choice.status().message()),
             ContainsSubstring("which disk to install on") && ContainsSubstring("/dev/sdb"));
}

TEST_CASE("choose disk: what is no real disk is neither offered nor counted") {
  Server server;
  server.disks.push_back({"loop0", Server::Sized("/dev/loop0", "1", "bus_path: '/virtual'")});
  server.disks.push_back({"sr0", Server::Sized("/dev/sr0", "1", "cdrom: true")});
  const auto named = server.Choose("disk: /dev/loop0");
  CHECK_THAT(std::string(named.status().message()),
             ContainsSubstring("0 of 3 disks match \"/dev/loop0\"") &&
                 !ContainsSubstring("/dev/loop0 (") && !ContainsSubstring("/dev/sr0"));
  CHECK(server.Choose("diskSelector: {size: '< 1GB'}").status().message().find("loop0") ==
        std::string::npos);
}

TEST_CASE("choose disk: what is in use is not installed on") {
  Server server;
  server.mounted = {"sdb"};
  CHECK(server.Choose("disk: /dev/sdb").status() ==
        absl::FailedPreconditionError("/dev/sdb is in use"));
  server.disks.push_back({"md0", Server::Sized("/dev/md0", "1", "secondary_disks: 'sda'")});
  CHECK(server.Choose("disk: /dev/md0").status() ==
        absl::FailedPreconditionError("/dev/md0 is made of sda, and is no disk to install on"));
}

TEST_CASE("choose disk: a removable one must be named, unless it was booted from") {
  Server server;
  server.removable = {"sdb", "sdc"};
  CHECK(server.Choose("diskSelector: {size: '> 1TB', type: ssd}")
            .status()
            .message()
            .find("is removable, and only a path may name such a disk") != std::string::npos);
  CHECK(server.Choose("disk: /dev/sdb")->id == "sdb");
  CHECK(server.Choose("diskSelector: {size: '< 1TB'}")->id == "sdc");
}

TEST_CASE("choose disk: the document of the current form") {
  Server server;
  const auto config = config::Load(
      "",
      "apiVersion: v1alpha1\nkind: UnattendedInstallConfig\ninstaller: {image: x}\n"
      "provisioning: {diskSelector: {match: 'disk.size > 1u * TB && disk.rotational'}}\n");
  REQUIRE_THAT(config, IsOk());
  CHECK(ChooseDisk(*config, server.AtHand())->id == "sda");
}

TEST_CASE("choose disk: EPHEMERAL is on the disk of the system if its selector matches that") {
  Server server;
  const auto choose = [&](const std::string& expression) {
    return ChooseEphemeralDisk(expression, {.id = "sdc", .dev_path = "/dev/sdc"}, server.AtHand());
  };
  for (const char* const expression : {"", "system_disk", "disk.size < 1u * TB", "true"}) {
    INFO(expression);
    CHECK(choose(expression).value_or("(none)").empty());
  }
  CHECK(absl::IsInvalidArgument(choose("disk.").status()));
}

TEST_CASE("choose disk: else EPHEMERAL is on the one that matches and holds nothing") {
  Server server;
  const auto choose = [&](const std::string& expression) {
    return ChooseEphemeralDisk(expression, {.id = "sdc", .dev_path = "/dev/sdc"}, server.AtHand());
  };
  CHECK(choose("disk.size > 1u * TB").value_or("(none)") == "/dev/sdb");
  const auto used = choose("disk.rotational");
  CHECK(absl::IsInvalidArgument(used.status()));
  CHECK_THAT(std::string(used.status().message()),
             ContainsSubstring("VolumeConfig EPHEMERAL: provisioning.diskSelector.match: 0 of 3 "
                               "disks match \"disk.rotational\" and are free, expected one") &&
                 ContainsSubstring("holds GPT, ext4 \"ubuntu\", LVM2_member: wipe it first"));
  server.mounted = {"sdb"};
  CHECK_THAT(std::string(choose("!system_disk").status().message()),
             ContainsSubstring("/dev/sdb is in use"));
  server.volumes.clear();
  server.mounted.clear();
  CHECK_THAT(std::string(choose("!system_disk").status().message()),
             ContainsSubstring("2 of 3 disks match"));
}

TEST_CASE("choose disk: a volume is on the system's disk, or on any that is free or has volumes") {
  Server server;
  using Devices = std::vector<std::string>;
  const auto choose = [&](const std::string& expression) {
    return ChooseVolumeDisks("ETCD", expression, {.id = "sdc", .dev_path = "/dev/sdc"},
                             server.AtHand());
  };
  CHECK(choose("").value_or(Devices{}) == Devices{"/dev/sdc"});
  CHECK(choose("system_disk").value_or(Devices{}) == Devices{"/dev/sdc"});
  CHECK(choose("!system_disk").value_or(Devices{}) == Devices{"/dev/sdb"});
  const auto used = choose("disk.rotational");
  CHECK(absl::IsInvalidArgument(used.status()));
  CHECK_THAT(std::string(used.status().message()),
             ContainsSubstring("VolumeConfig ETCD: provisioning.diskSelector.match: 0 of 3 disks "
                               "match \"disk.rotational\" and are free, expected some") &&
                 ContainsSubstring("holds GPT, ext4 \"ubuntu\", LVM2_member: wipe it first"));
  server.volumes = {{"sda", "name: 'gpt'"},
                    {"sda1", "parent: 'sda' name: 'xfs' partition_label: 'ETCD'"},
                    {"sdb", "name: 'gpt'"},
                    {"sdb1", "parent: 'sdb' name: 'xfs' partition_label: 'LOG'"},
                    {"sdb2", "parent: 'sdb' name: 'xfs' partition_label: 'photos'"}};
  CHECK(choose("!system_disk").value_or(Devices{}) == Devices{"/dev/sda"});
  CHECK(absl::IsInvalidArgument(choose("disk.").status()));
}

}  // namespace ichor
