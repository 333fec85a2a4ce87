#include "machined/config/plan.h"

#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor {
namespace {

config::Config Read(const std::string& text) {
  absl::StatusOr<config::Config> config = config::Load("", text);
  REQUIRE(config.ok());
  return *std::move(config);
}

}  // namespace

TEST_CASE("plan: another type of machine needs a reboot, another hostname does not") {
  const config::Config worker = Read("machine: {type: worker}\ncluster: {}\n");
  const config::Config named =
      Read("machine: {type: worker, network: {hostname: n1}}\ncluster: {}\n");
  const config::Config control_plane = Read("machine: {type: controlplane}\ncluster: {}\n");
  CHECK(RebootReasons(worker, named).empty());
  CHECK(RebootReasons(worker, control_plane) ==
        std::vector<std::string>{"machine.type changes from worker to controlplane"});
}

TEST_CASE("plan: a volume with a partition is mounted in another way by a reboot only") {
  const std::string volume =
      "apiVersion: v1alpha1\nkind: VolumeConfig\nname: LOG\nprovisioning: {maxSize: 4GiB}\n";
  const config::Config plain = Read(volume);
  CHECK(RebootReasons(plain, Read(volume + "mount: {secure: false}\n")) ==
        std::vector<std::string>{"VolumeConfig LOG: mount changes"});
  CHECK(RebootReasons(plain, plain).empty());
}

TEST_CASE("plan: EPHEMERAL is mounted in another way by a reboot only") {
  const std::string volume = "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\n";
  const config::Config plain = Read(volume);
  CHECK(RebootReasons(plain, Read(volume + "provisioning: {grow: false}\n")).empty());
  CHECK(RebootReasons(plain, Read(volume + "mount: {secure: false}\n")) ==
        std::vector<std::string>{"VolumeConfig EPHEMERAL: mount changes"});
}

TEST_CASE("plan: changes are told by path, without secrets") {
  const config::Config before = Read("machine: {type: worker, token: a.b}\ncluster: {}\n");
  const config::Config after =
      Read("machine: {type: worker, token: c.d, network: {hostname: n1}}\ncluster: {}\n");
  CHECK(DescribeChanges(&before, after) ==
        std::vector<std::string>{"machine.token: REDACTED -> REDACTED",
                                 "machine.network: (none) -> {hostname: n1}"});
  CHECK(DescribeChanges(nullptr, after).empty());
}

TEST_CASE("plan: a config is complete with the document that says what the machine is") {
  CHECK(IsComplete(Read("machine: {type: worker}\ncluster: {}\n")));
  CHECK_FALSE(IsComplete(Read("apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: n1\n")));
}

}  // namespace ichor
