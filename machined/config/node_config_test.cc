#include "machined/config/node_config.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_runtime.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;
using config::MachineConfig;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using Stage = boot::NodeStage::Spec;

// A disk that keeps what it is told, and fails when the test says so.
class FakeStorage : public ConfigStorage {
 public:
  absl::StatusOr<Opened> Open(const std::string& /*disk*/) override {
    RETURN_IF_ERROR(error);
    return opened;
  }
  absl::Status Accept(const std::string& disk, const std::string& text,
                      const VolumesHere& where) override {
    RETURN_IF_ERROR(error);
    accepted_on = disk;
    here = where;
    opened.saved.current = text;
    return absl::OkStatus();
  }
  absl::Status Install(const std::string& disk, const std::string& target,
                       const std::string& /*text*/, const VolumesHere& where) override {
    installed = disk + " to " + target;
    here = where;
    return error;
  }
  absl::Status Finish(const std::string& /*disk*/, const OtherDisks& others) override {
    RETURN_IF_ERROR(error);
    other_disks = others.disks;
    opened.accepted = true;
    return absl::OkStatus();
  }
  absl::StatusOr<std::string> Identity() override { return identity; }
  absl::Status Save(const std::string& text, const std::optional<ConfigTrial>& trial) override {
    RETURN_IF_ERROR(error);
    opened.saved.known_good = opened.saved.current;
    opened.saved.current = text;
    opened.saved.trial = trial;
    opened.saved.proven = false;
    return absl::OkStatus();
  }
  absl::Status Prove() override {
    opened.saved.proven = true;
    return error;
  }
  absl::Status Confirm() override {
    opened.saved.trial.reset();
    return error;
  }
  absl::Status Revert() override {
    opened.saved.current = opened.saved.known_good;
    opened.saved.trial.reset();
    opened.saved.proven = true;
    return error;
  }
  absl::Status Wipe(const std::string& /*disk*/, const std::vector<std::string>& /*labels*/,
                    bool /*everything*/) override {
    return error;
  }
  std::vector<SystemVolume> Volumes(const std::string& disk) override {
    return {{.label = "STATE", .device = disk + "5", .target = "/system/state"}};
  }

  Opened opened;
  absl::Status error;
  absl::StatusOr<std::string> identity = "id";
  std::string accepted_on;
  std::string installed;
  VolumesHere here;
  std::vector<std::string> other_disks;  // of the last Finish
};

std::string Text(const std::string& hostname, const std::string& type = "worker") {
  const std::string key = type == "worker" ? "" : ", key: YQ==";
  return "machine:\n  type: " + type + "\n  ca: {crt: YQ==" + key +
         "}\n  token: a.b\n  network: {hostname: " + hostname +
         "}\ncluster:\n  id: a\n  controlPlane: {endpoint: https://10.0.0.1:6443}\n";
}

struct Fixture {
  Fixture() { Boot(); }
  void Boot(bool from_memory = false) {
    node.reset();
    node = std::make_unique<NodeConfig>(NodeConfig::Parts{
        .runtime = t.runtime,
        .loop = *t.loop,
        .clock = t.clock,
        .disk_worker = t.executor,
        .storage = storage,
        .reboot = [this] { ++reboots; },
        .last_known_good = last_known_good,
        .choose = [this](const config::Config&, const std::string&) { return choice; },
        .others =
            [](const config::Config&, const std::string& disk) {
              return OtherDisks{.disks = {"others than " + disk}};
            },
        .check = [this](const config::Config&, const config::Config&) { return check; },
        .warn = [](const config::Config&) { return std::vector<std::string>{"a warning"}; },
        .foresee = [this](const config::Config&, const Caller&) { return foresight; },
        .from_memory = from_memory});
  }
  void Find() {
    node->OnSystemDisk("/dev/sda");
    t.Settle();
    t.Advance(1s);
  }
  absl::StatusOr<Applied> Apply(ApplyRequest request) {
    std::optional<absl::StatusOr<Applied>> answer;
    node->Apply(std::move(request),
                [&answer](absl::StatusOr<Applied> applied) { answer = std::move(applied); });
    t.Settle();
    REQUIRE(answer.has_value());
    t.Advance(1s);
    return *std::move(answer);
  }
  std::string Identity() {
    const All<cluster::Identity> rows = t.runtime.Read<cluster::Identity>();
    return rows.empty() ? "" : rows.front().spec().node_id();
  }
  std::string Config(const std::string& id) {
    const All<MachineConfig> rows = t.runtime.Read<MachineConfig>();
    const auto row = rows.find(id);
    return row == rows.end() ? "" : std::string(row->spec().yaml_marshalled());
  }
  Stage Row() {
    t.Settle();
    const auto rows = t.runtime.Read<boot::NodeStage>();
    REQUIRE(rows.size() == 1);
    return rows.front().spec();
  }

  TestRuntime t;
  FakeStorage storage;
  int reboots = 0;
  bool last_known_good = false;
  ConfigForesight foresight;
  absl::StatusOr<DiskChoice> choice =
      DiskChoice{.id = "sda", .dev_path = "/dev/sda", .booted = true};
  absl::Status check;
  std::unique_ptr<NodeConfig> node;
};

// A node without a disk that it was booted from.
struct FromMemory : Fixture {
  FromMemory() {
    Boot(true);
    choice = DiskChoice{.id = "sda", .dev_path = "/dev/sda"};
  }
  void FindAll(const std::vector<std::string>& accepted) {
    node->OnSystemsFound(accepted);
    t.Settle();
    t.Advance(1s);
  }
  std::string SystemDisk() {
    const auto rows = t.runtime.Read<block::SystemDisk>();
    return rows.empty() ? "" : std::string(rows.front().spec().dev_path());
  }
};

// A node that has a config already.
struct Configured : Fixture {
  Configured() {
    storage.opened = {.accepted = true, .saved = {.current = Text("n1")}};
    Find();
  }
};

}  // namespace

TEST_CASE("node config: nothing is said of maintenance before the disk was looked at") {
  Fixture f;
  CHECK_FALSE(f.node->InMaintenance());
  CHECK(absl::IsUnavailable(f.Apply({.text = Text("n1")}).status()));
  f.Find();
  CHECK(f.node->InMaintenance());
  CHECK(f.Row().stage() == Stage::MAINTENANCE);
  CHECK(f.Config("v1alpha1").empty());
}

TEST_CASE("node config: a change that the node cannot follow is refused, and nothing is saved") {
  Configured f;
  f.check = absl::FailedPreconditionError("a volume is not made anew");
  CHECK(f.Apply({.text = Text("n2")}).status() == f.check);
  CHECK(f.Config("persistent") == Text("n1"));
  CHECK(f.node->Plan({.text = Text("n2")}).status() == f.check);
}

TEST_CASE("node config: from memory, the one accepted system is the machine's") {
  FromMemory f;
  f.storage.opened = {.accepted = true, .saved = {.current = Text("n1")}};
  f.FindAll({"/dev/sdb"});
  CHECK(f.Row().stage() == Stage::CONFIGURED);
  CHECK(f.SystemDisk() == "/dev/sdb");
  CHECK(f.node->disk() == "/dev/sdb");
  CHECK(f.Config("v1alpha1") == Text("n1"));
  f.FindAll({"/dev/sdb", "/dev/sdc"});  // plugged in later
  CHECK(f.Row().stage() == Stage::CONFIGURED);
}

TEST_CASE("node config: from memory, a system that comes late is the machine's all the same") {
  FromMemory f;
  f.FindAll({});
  CHECK(f.Row().stage() == Stage::MAINTENANCE);
  CHECK(f.SystemDisk().empty());
  f.storage.opened = {.accepted = true, .saved = {.current = Text("n1")}};
  f.FindAll({"/dev/sdb"});
  CHECK(f.Row().stage() == Stage::CONFIGURED);
}

TEST_CASE("node config: from memory, several accepted systems are named, and none is taken") {
  FromMemory f;
  f.FindAll({"/dev/sda", "/dev/sdb"});
  CHECK(f.Row().stage() == Stage::MAINTENANCE);
  CHECK(f.Row().reason() ==
        "several disks hold a system that a config was accepted on, and the machine runs from "
        "memory: /dev/sda, /dev/sdb; remove all but one, or boot from the one that is meant");
  CHECK(f.SystemDisk().empty());
  f.choice = absl::InvalidArgumentError("the config must say which disk");
  CHECK(f.Apply({.text = Text("n1")}).status() == f.choice.status());
  CHECK(f.storage.installed.empty());
}

TEST_CASE("node config: from memory, the first config is installed with the system") {
  FromMemory f;
  f.FindAll({});
  const auto applied = f.Apply({.text = Text("n1")});
  REQUIRE_THAT(applied, IsOk());
  CHECK(applied->details.contains("The system is installed on /dev/sda."));
  CHECK(f.storage.installed == " to /dev/sda");
  CHECK(f.reboots == 1);
}

TEST_CASE("node config: the first config is on the disk before it counts") {
  Fixture f;
  f.Find();
  std::optional<absl::StatusOr<Applied>> answer;
  f.t.executor.Hold("config.accept");
  f.node->Apply({.text = Text("n1")},
                [&](const absl::StatusOr<Applied>& applied) { answer = applied; });
  f.t.Settle();
  CHECK_FALSE(answer.has_value());
  CHECK(f.Config("v1alpha1").empty());
  CHECK(absl::IsFailedPrecondition(f.Apply({.text = Text("n2")}).status()));
  f.t.executor.Release("config.accept");
  f.t.Settle();
  REQUIRE(answer.has_value());
  REQUIRE_THAT(*answer, IsOk());
  CHECK((*answer)->warnings == std::vector<std::string>{"a warning"});
  CHECK((*answer)->details.find("stays on /dev/sda") != std::string::npos);
  CHECK(f.storage.accepted_on == "/dev/sda");
  CHECK(f.node->InMaintenance());  // until the reply is out
  f.t.Advance(1s);
  CHECK(f.Row().stage() == Stage::CONFIGURED);
  CHECK(f.storage.opened.accepted);
  CHECK(f.Config("v1alpha1") == Text("n1"));
  CHECK(f.Config("persistent") == Text("n1"));
}

TEST_CASE("node config: a wrong config, or a disk that fails, changes nothing") {
  Fixture f;
  f.Find();
  CHECK(absl::IsInvalidArgument(f.Apply({.text = "machine: {tipe: worker}\n"}).status()));
  CHECK(absl::IsInvalidArgument(f.Apply({.text = std::string(kMaxConfigBytes + 1, '#')}).status()));
  f.storage.error = absl::UnavailableError("the disk is gone");
  CHECK(f.Apply({.text = Text("n1")}).status() == absl::UnavailableError("the disk is gone"));
  CHECK(f.node->InMaintenance());
  CHECK(f.Config("v1alpha1").empty());
}

TEST_CASE("node config: onto another disk the system is copied, and the machine reboots") {
  Fixture f;
  f.Find();
  f.choice = DiskChoice{.id = "sdb", .dev_path = "/dev/sdb", .goes = {"GPT", "ext4 \"ubuntu\""}};
  SECTION("it works") {
    const auto applied = f.Apply({.text = Text("n1")});
    REQUIRE_THAT(applied, IsOk());
    CHECK(applied->details.find("/dev/sdb. What is on it goes: GPT, ext4 \"ubuntu\".") !=
          std::string::npos);
    CHECK(f.storage.installed == "/dev/sda to /dev/sdb");
    CHECK(f.reboots == 1);
    CHECK(f.Row().stage() == Stage::INSTALLING);
    CHECK(f.storage.accepted_on.empty());
    CHECK(f.Config("v1alpha1") == Text("n1"));
    CHECK(f.Config("persistent").empty());
  }
  SECTION("it fails") {
    f.storage.error = absl::UnavailableError("the disk is gone");
    REQUIRE_THAT(f.Apply({.text = Text("n1")}), IsOk());
    CHECK(f.reboots == 0);
    CHECK(f.node->InMaintenance());
    CHECK(f.Row().reason() == "the disk is gone");
    CHECK(f.Config("v1alpha1").empty());
  }
  SECTION("no disk is meant") {
    f.choice = absl::InvalidArgumentError("0 of 2 disks match");
    CHECK(f.Apply({.text = Text("n1")}).status() == f.choice.status());
  }
}

TEST_CASE("node config: arguments of the kernel come with an install, and else wait, as is said") {
  std::string text = Text("n1");
  text.replace(text.find("  token"), 0, "  install: {disk: /dev/sda, extraKernelArgs: [a=1]}\n");
  Configured f;
  const auto changed = f.Apply({.text = text});
  REQUIRE_THAT(changed, IsOk());
  REQUIRE(changed->warnings.size() == 2);
  CHECK(changed->warnings.back().contains("was not given \"a=1\""));
  const auto plan = f.node->Plan({.text = text});
  REQUIRE_THAT(plan, IsOk());
  CHECK(plan->warnings == changed->warnings);

  Fixture here;
  here.Find();
  const auto accepted = here.Apply({.text = text, .dry_run = true});
  REQUIRE_THAT(accepted, IsOk());
  CHECK(accepted->warnings == changed->warnings);
  here.choice = DiskChoice{.id = "sdb", .dev_path = "/dev/sdb", .arguments = {"a=1"}};
  const auto installed = here.Apply({.text = text, .dry_run = true});
  REQUIRE_THAT(installed, IsOk());
  CHECK(installed->warnings.size() == 1);
  CHECK(installed->details.contains("The kernel is given more arguments there: a=1."));
}

TEST_CASE("node config: a dry run says what would happen, and changes nothing") {
  Fixture f;
  f.Find();
  const auto applied = f.Apply({.text = Text("n1"), .dry_run = true});
  REQUIRE_THAT(applied, IsOk());
  CHECK(applied->details.starts_with("Dry run: nothing was changed."));
  CHECK(f.storage.accepted_on.empty());
  CHECK(f.node->InMaintenance());
}

TEST_CASE("node config: a config without the main document waits in memory") {
  Fixture f;
  f.Find();
  const std::string part = "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: n1\n";
  REQUIRE_THAT(f.Apply({.text = part}), IsOk());
  CHECK(f.node->InMaintenance());
  CHECK(f.Config("v1alpha1") == part);
  CHECK(f.Config("persistent").empty());
  CHECK_FALSE(f.storage.opened.saved.current.has_value());
}

TEST_CASE("node config: the next boot has what was accepted, and goes on with what was not done") {
  Fixture f;
  f.storage.opened.saved.current = Text("n1");
  f.Find();
  CHECK(f.Config("v1alpha1") == Text("n1"));
  CHECK(f.storage.opened.accepted);
  CHECK(f.Row().stage() == Stage::CONFIGURED);
}

TEST_CASE("node config: what was accepted and cannot be read never opens the node to anybody") {
  Fixture f;
  SECTION("STATE is broken") {
    f.storage.error = absl::DataLossError("STATE cannot be read");
    f.Find();
    CHECK(f.Row().reason() == "STATE cannot be read");
    f.storage.error = absl::OkStatus();
  }
  SECTION("STATE is empty") {
    f.storage.opened.accepted = true;
    f.Find();
    CHECK(f.Row().reason() == "STATE holds no config");
  }
  SECTION("the config is garbled") {
    f.storage.opened = {.accepted = true, .saved = {.current = "\t{"}};
    f.Find();
  }
  CHECK(f.Row().stage() == Stage::RECOVERY);
  CHECK_FALSE(f.node->InMaintenance());
  REQUIRE_THAT(f.Apply({.text = Text("n1")}), IsOk());
  CHECK(f.storage.accepted_on == "/dev/sda");
  CHECK(f.Row().stage() == Stage::CONFIGURED);
  CHECK(f.Config("v1alpha1") == Text("n1"));
}

TEST_CASE("node config: a garbled config is replaced by the one that was good") {
  Fixture f;
  f.storage.opened = {.accepted = true, .saved = {.current = "\t{", .known_good = Text("before")}};
  f.Find();
  CHECK(f.Row().stage() == Stage::CONFIGURED);
  CHECK(f.Config("v1alpha1") == Text("before"));
}

TEST_CASE("node config: a disk that cannot be read now is looked at again") {
  Fixture f;
  f.storage.error = absl::UnavailableError("not yet");
  f.Find();
  CHECK(f.Row().stage() == Stage::STARTING);
  CHECK(f.Row().reason() == "not yet");
  f.storage.error = absl::OkStatus();
  f.t.Advance(10s);
  CHECK(f.node->InMaintenance());
}

TEST_CASE("node config: modes of a change") {
  Configured f;
  SECTION("at once") {
    REQUIRE_THAT(f.Apply({.text = Text("n2"), .mode = ApplyMode::kNoReboot}), IsOk());
    CHECK(f.Config("v1alpha1") == Text("n2"));
    CHECK(f.Config("persistent") == Text("n2"));
    CHECK(f.storage.opened.saved.current == Text("n2"));
    CHECK(f.storage.opened.saved.known_good == Text("n1"));
  }
  SECTION("staged") {
    REQUIRE_THAT(f.Apply({.text = Text("n2"), .mode = ApplyMode::kStaged}), IsOk());
    CHECK(f.Config("v1alpha1") == Text("n1"));
    CHECK(f.Config("persistent") == Text("n2"));
  }
  SECTION("tried") {
    REQUIRE_THAT(f.Apply({.text = Text("n2"), .mode = ApplyMode::kTry, .try_timeout = 1min}),
                 IsOk());
    CHECK(f.Config("v1alpha1") == Text("n2"));
    CHECK(f.Config("persistent") == Text("n1"));
    CHECK(f.storage.opened.saved.current == Text("n1"));
    f.t.Advance(1min);
    CHECK(f.Config("v1alpha1") == Text("n1"));
  }
  CHECK(f.reboots == 0);
}

TEST_CASE("node config: a change that needs a reboot is refused live, and reboots by itself") {
  Configured f;
  const std::string other = Text("n1", "controlplane");
  const auto refused = f.Apply({.text = other, .mode = ApplyMode::kNoReboot});
  CHECK(absl::IsFailedPrecondition(refused.status()));
  CHECK(f.storage.opened.saved.current == Text("n1"));
  const auto applied = f.Apply({.text = other});
  REQUIRE_THAT(applied, IsOk());
  CHECK(applied->details ==
        "The config is saved, and the machine reboots: machine.type changes from worker to "
        "controlplane.");
  CHECK(f.reboots == 1);
}

TEST_CASE("node config: a machine that goes down takes no config") {
  Configured f;
  f.t.runtime.Publish<boot::PowerRequest>("power", {{"power", boot::PowerRequest::Spec()}});
  f.t.Settle();
  const auto late = f.Apply({.text = Text("n2")});
  CHECK(absl::IsFailedPrecondition(late.status()));
  CHECK(f.storage.opened.saved.current == Text("n1"));
}

TEST_CASE("node config: unless somebody confirms it, a config on trial goes") {
  Configured f;
  REQUIRE_THAT(f.Apply({.text = Text("n2"), .confirm_within = 5min}), IsOk());
  CHECK(f.Config("v1alpha1") == Text("n2"));
  SECTION("nobody does") {
    f.t.Advance(5min);
    CHECK(f.Config("v1alpha1") == Text("n1"));
    CHECK(f.storage.opened.saved.current == Text("n1"));
  }
  SECTION("somebody does") {
    std::optional<absl::StatusOr<std::string>> answer;
    f.node->Confirm([&](const absl::StatusOr<std::string>& sentence) { answer = sentence; });
    f.t.Settle();
    REQUIRE(answer.has_value());
    CHECK_THAT(*answer, IsOk());
    f.t.Advance(10min);
    CHECK(f.Config("v1alpha1") == Text("n2"));
    CHECK_FALSE(f.storage.opened.saved.trial.has_value());
  }
  SECTION("the machine boots meanwhile, with a clock that was never set") {
    f.node = nullptr;
    f.storage.opened.saved.trial->until += std::chrono::hours(1000);
    f.Boot();
    f.Find();
    CHECK(f.Config("v1alpha1") == Text("n2"));
    f.t.Advance(5min);
    CHECK(f.Config("v1alpha1") == Text("n1"));
  }
}

TEST_CASE("node config: a config that is tried does not end the window of another one") {
  Configured f;
  REQUIRE_THAT(f.Apply({.text = Text("n2"), .confirm_within = 5min}), IsOk());
  REQUIRE_THAT(f.Apply({.text = Text("n3"), .mode = ApplyMode::kTry, .try_timeout = 1min}), IsOk());
  CHECK(f.Config("v1alpha1") == Text("n3"));
  f.t.Advance(1min);
  CHECK(f.Config("v1alpha1") == Text("n2"));
  f.t.Advance(5min);
  CHECK(f.Config("v1alpha1") == Text("n1"));
  CHECK(f.storage.opened.saved.current == Text("n1"));
}

TEST_CASE("node config: when the window ends, what is tried goes too") {
  Configured f;
  REQUIRE_THAT(f.Apply({.text = Text("n2"), .confirm_within = 1min}), IsOk());
  REQUIRE_THAT(f.Apply({.text = Text("n3"), .mode = ApplyMode::kTry, .try_timeout = 5min}), IsOk());
  f.t.Advance(1min);
  CHECK(f.Config("v1alpha1") == Text("n1"));
  f.t.Advance(10min);
  CHECK(f.Config("v1alpha1") == Text("n1"));
}

TEST_CASE("node config: after a try comes back what was in force, not what is staged") {
  Configured f;
  const bool staged_first = GENERATE(true, false);
  const ApplyRequest tried{.text = Text("n3"), .mode = ApplyMode::kTry, .try_timeout = 1min};
  if (!staged_first) {
    REQUIRE_THAT(f.Apply(tried), IsOk());
  }
  REQUIRE_THAT(f.Apply({.text = Text("n2"), .mode = ApplyMode::kStaged}), IsOk());
  if (staged_first) {
    REQUIRE_THAT(f.Apply(tried), IsOk());
  }
  CHECK(f.Config("v1alpha1") == Text("n3"));
  f.t.Advance(2min);
  CHECK(f.Config("v1alpha1") == Text("n1"));
  CHECK(f.Config("persistent") == Text("n2"));
}

TEST_CASE("node config: a config that goes by itself needs one that comes back") {
  SECTION("a first config has none") {
    Fixture f;
    f.Find();
    CHECK_THAT(f.Apply({.text = Text("n1"), .confirm_within = 5min}).status(),
               StatusIs(absl::StatusCode::kFailedPrecondition,
                        "there is no config to go back to: the node takes this one without "
                        "--confirm-within only"));
    CHECK(f.storage.accepted_on.empty());
  }
  SECTION("a node that lost its config has none") {
    Fixture f;
    f.storage.opened.accepted = true;
    f.Find();
    CHECK(f.Row().stage() == Stage::RECOVERY);
    const bool tried = GENERATE(true, false);
    ApplyRequest request{.text = Text("n1")};
    if (tried) {
      request.mode = ApplyMode::kTry;
    } else {
      request.confirm_within = 5min;
    }
    const auto refused = f.Apply(std::move(request));
    CHECK(absl::IsFailedPrecondition(refused.status()));
    CHECK(f.storage.accepted_on.empty());
  }
  SECTION("both at once make no sense") {
    Configured f;
    CHECK(absl::IsInvalidArgument(
        f.Apply({.text = Text("n2"), .mode = ApplyMode::kTry, .confirm_within = 5min}).status()));
    CHECK(f.Config("v1alpha1") == Text("n1"));
  }
}

TEST_CASE("node config: a node has the identity of its disk once a config was accepted there") {
  Fixture f;
  f.Find();
  CHECK(f.Identity().empty());
  CHECK(f.t.runtime.IsKnown(TypeRef::Of<cluster::Identity>().kind));
  REQUIRE_THAT(f.Apply({.text = Text("n1")}), IsOk());
  CHECK(f.Identity() == "id");
  f.node = nullptr;
  f.Boot();
  f.Find();
  CHECK(f.Identity() == "id");
}

TEST_CASE("node config: a damaged identity is said, and the node runs on without one") {
  Fixture f;
  f.storage.opened = {.accepted = true, .saved = {.current = Text("n1")}};
  f.storage.identity = absl::DataLossError("node-identity.yaml: garbled");
  f.Find();
  CHECK(f.Row().stage() == Stage::CONFIGURED);
  CHECK(f.Row().reason() ==
        "the node's identity is lost, and with it its machine id and automatic name: "
        "node-identity.yaml: garbled; a reset of STATE gives it another one");
  CHECK(f.Config("v1alpha1") == Text("n1"));
  CHECK(f.Identity().empty());
}

TEST_CASE("node config: when machined cannot live with a new config, the one before is back") {
  Configured f;
  REQUIRE_THAT(f.Apply({.text = Text("n2")}), IsOk());
  SECTION("it crashes at once") {
    f.node = nullptr;
    f.storage.opened.saved.current = "\t{";  // nobody looks at it
    f.last_known_good = true;
    f.Boot();
    f.Find();
    CHECK(f.Row().stage() == Stage::CONFIGURED);
    CHECK(f.Row().reason() ==
          "machined crashed again and again with the config that was applied last: the one before "
          "is back");
    CHECK(f.Config("v1alpha1") == Text("n1"));
    CHECK(f.Config("persistent") == Text("n1"));
    CHECK(f.storage.opened.saved.current == Text("n1"));
    REQUIRE_THAT(f.Apply({.text = Text("n3")}), IsOk());
    CHECK(f.Row().reason().empty());
    CHECK(f.Config("v1alpha1") == Text("n3"));
  }
  SECTION("it lived with it for a while, so that is not why it crashes") {
    f.t.Advance(2min);
    CHECK(f.storage.opened.saved.proven);
    f.node = nullptr;
    f.last_known_good = true;
    f.Boot();
    f.Find();
    CHECK(f.Row().reason().empty());
    CHECK(f.Config("v1alpha1") == Text("n2"));
  }
  SECTION("it was started anew meanwhile") {
    f.node = nullptr;
    f.Boot();
    f.Find();
    CHECK_FALSE(f.storage.opened.saved.proven);
    f.t.Advance(2min);
    CHECK(f.storage.opened.saved.proven);
  }
}

TEST_CASE("node config: a config that cuts the node off needs force, or a way back") {
  Configured f;
  f.foresight.cuts_off = true;
  const std::string sentence =
      "with this config no link has an address and a route, so nobody reaches the node any more";
  CHECK_THAT(f.Apply({.text = Text("n2")}).status(),
             StatusIs(absl::StatusCode::kFailedPrecondition,
                      sentence + "; use --mode=staged to have it with the next boot, "
                                 "--confirm-within to have it go by itself, or --force"));
  CHECK(f.storage.opened.saved.current == Text("n1"));
  const ApplyRequest allowed =
      GENERATE(ApplyRequest{.force = true}, ApplyRequest{.mode = ApplyMode::kStaged},
               ApplyRequest{.mode = ApplyMode::kTry}, ApplyRequest{.confirm_within = 5min},
               ApplyRequest{.dry_run = true});
  ApplyRequest request = allowed;
  request.text = Text("n2");
  const auto applied = f.Apply(std::move(request));
  REQUIRE_THAT(applied, IsOk());
  CHECK(applied->warnings == std::vector<std::string>{"a warning", sentence});
}

TEST_CASE("node config: a plan names resources, and what it warns of") {
  Configured f;
  f.foresight = {.resources = {{.ns = "network", .type = "T", .id = "a", .after = "x: 1\n"}},
                 .warnings = {"the address goes"},
                 .cuts_off = true};
  const auto plan = f.node->Plan({.text = Text("n2"), .dry_run = true});
  REQUIRE_THAT(plan, IsOk());
  REQUIRE(plan->resources.size() == 1);
  CHECK(plan->resources.front().id == "a");
  CHECK(plan->warnings ==
        std::vector<std::string>{"a warning", "the address goes",
                                 "with this config no link has an address and a route, so nobody "
                                 "reaches the node any more"});
}

TEST_CASE("node config: there is nothing to confirm unless a config waits for it") {
  Configured f;
  std::optional<absl::StatusOr<std::string>> answer;
  f.node->Confirm([&](const absl::StatusOr<std::string>& sentence) { answer = sentence; });
  REQUIRE(answer.has_value());
  CHECK(absl::IsFailedPrecondition(answer->status()));
}

TEST_CASE("node config: EPHEMERAL of its own disk is told of, and its disk is looked for") {
  Fixture f;
  f.Find();
  f.choice->ephemeral = "/dev/sdb";
  const auto applied = f.Apply({.text = Text("n1")});
  REQUIRE_THAT(applied, IsOk());
  CHECK(applied->details.contains("the partitions ROOT-B and STATE; nothing else"));
  CHECK(applied->details.contains("\nEPHEMERAL is made on /dev/sdb, which holds nothing."));
  CHECK(f.storage.here.ephemeral == disk::EphemeralPlace::kElsewhere);
  CHECK(f.storage.other_disks == std::vector<std::string>{"others than /dev/sda"});
}

}  // namespace ichor
