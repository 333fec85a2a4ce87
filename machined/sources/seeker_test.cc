// The search with a fake clock, a fake server and fake disks.
#include "machined/sources/seeker.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "ichor/boot.resources.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_file_systems.h"
#include "machined/sources/test_web.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/hardware/hardware.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

constexpr const char* kWhole =
    "machine:\n  type: worker\n  ca: {crt: YQ==}\n  token: a.b\ncluster:\n  id: a\n"
    "  controlPlane: {endpoint: https://10.0.0.1:6443}\n";
constexpr const char* kPart = "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: n1\n";

class FakeControl : public ConfigControl {
 public:
  bool InMaintenance() const override { return maintenance; }
  void Apply(ApplyRequest request, ApplyDone done) override {
    applied.push_back(request.text);
    if (error.ok()) {
      done(Applied{});
    } else {
      done(error);
    }
  }
  absl::StatusOr<ConfigPlan> Plan(const ApplyRequest& /*request*/) override {
    return absl::UnimplementedError("");
  }
  void Confirm(ConfirmDone /*done*/) override {}

  bool maintenance = true;
  absl::Status error;
  std::vector<std::string> applied;
};

struct Fixture {
  explicit Fixture(const std::string& command_line) {
    t.runtime.OnSettled([this] { seeker.OnSettled(); });
    t.runtime.AddSource<boot::NodeStage>("test");
    t.runtime.AddSource<runtime::KernelCmdline>("test");
    t.runtime.AddSource<hardware::SystemInformation>("test");
    t.runtime.AddSource<network::NetworkStatus>("test");
    t.runtime.AddSource<network::HardwareAddress>("test");
    t.runtime.AddSource<block::DiscoveredVolume>("test");
    t.runtime.AddSource<block::DiscoveredVolumesStatus>("test");
    runtime::KernelCmdline::Spec line;
    line.set_cmdline(command_line);
    t.runtime.Publish<runtime::KernelCmdline>("test", {{"cmdline", std::move(line)}});
    t.runtime.Publish<hardware::SystemInformation>(
        "test", {{"systeminformation", Text("uuid: '1-2' serial_number: 'S'")}});
    Stage("stage: MAINTENANCE");
  }

  void Settle() {
    t.Settle();
    t.Advance(20ms);  // publications of one source are gathered that long
  }
  void Stage(const std::string& stage) {
    t.runtime.Publish<boot::NodeStage>("test", {{"stage", Text(stage)}});
    Settle();
  }
  void GiveAddress() {
    t.runtime.Publish<network::NetworkStatus>("test", {{"status", Text("address_ready: true")}});
    Settle();
  }
  void FindVolume(const std::string& volume) {
    Desired<block::DiscoveredVolume> volumes;
    volumes.Add("sdb1", Text(volume));
    t.runtime.Publish<block::DiscoveredVolume>("test", std::move(volumes));
    t.runtime.Publish<block::DiscoveredVolumesStatus>("test", {{"status", Text("ready: true")}});
    Settle();
  }
  // What the node says of its search; empty: nothing.
  std::string Said() {
    Settle();
    const auto rows = t.runtime.Read<runtime::Diagnostic>();
    return rows.empty() ? "" : rows.front().spec().details(0);
  }

  TestRuntime t;
  TestWeb web;
  std::map<std::string, absl::StatusOr<std::string>>& servers = web.answers;
  std::vector<std::string>& asked = web.asked;
  sys::FakeFileSystems disks;
  FakeControl control;
  std::vector<std::string> errors;
  SourceReader reader{{.loop = *t.loop,
                       .worker = t.executor,
                       .file_systems = disks,
                       .embedded = "/nonexistent/config.yaml",
                       .new_client = [this] { return web.NewClient(*t.loop); }}};
  ConfigSeeker seeker{{.runtime = t.runtime,
                       .loop = *t.loop,
                       .clock = t.clock,
                       .reader = reader,
                       .config = control,
                       .on_error = [this](const std::string& error) { errors.push_back(error); }}};
};

TEST_CASE("seeker: a node that has a config, or no source, asks nobody") {
  Fixture f("talos.config=none");
  f.GiveAddress();
  f.t.Advance(300s);
  CHECK(f.asked.empty());
  CHECK(f.control.applied.empty());
  CHECK(f.Said().empty());
}

TEST_CASE("seeker: a URL is asked once there is an address, with what it asks of the machine") {
  Fixture f("talos.config=http://host/c?id=${uuid}&m=${mac}");
  f.servers["http://host/c?id=1-2&m=52%3A54%3A00%3A00%3A00%3A01"] = kWhole;
  CHECK(f.asked.empty());
  f.GiveAddress();
  CHECK(f.asked.empty());  // the address of the card is not known yet
  f.t.runtime.Publish<network::HardwareAddress>(
      "test", {{"first", Text(R"(hardware_addr: '\x52\x54\x00\x00\x00\x01')")}});
  f.Settle();
  CHECK(f.asked.size() == 1);
  CHECK(f.control.applied == std::vector<std::string>{kWhole});
  f.control.maintenance = false;
  f.Stage("stage: CONFIGURED");
  f.t.Advance(300s);
  CHECK(f.control.applied.size() == 1);
  CHECK(f.Said().empty());
}

TEST_CASE("seeker: what never becomes known is empty in the end") {
  Fixture f("talos.config=http://host/c?m=${mac}");
  f.GiveAddress();
  f.t.Advance(ConfigSeeker::kPatience - 1s);
  CHECK(f.asked.empty());
  f.t.Advance(2s);
  CHECK(f.asked == std::vector<std::string>{"http://host/c?m="});
}

TEST_CASE(
    "seeker: a server without the config is asked again, less and less often, until it has it") {
  Fixture f("talos.config=http://host/c");
  f.GiveAddress();
  CHECK(f.asked.size() == 1);
  CHECK(f.Said() == "config source metal: GET http://host/c: 404");
  CHECK(f.errors == std::vector<std::string>{"config source metal: GET http://host/c: 404"});
  f.t.Advance(1s);
  CHECK(f.asked.size() == 2);
  f.t.Advance(1s);
  CHECK(f.asked.size() == 2);
  f.t.Advance(1s);
  CHECK(f.asked.size() == 3);
  f.t.Advance(600s);
  const size_t asked = f.asked.size();
  CHECK(asked < 20);
  f.servers["http://host/c"] = kWhole;
  f.t.Advance(ConfigSeeker::kLongestBackoff);
  CHECK(f.asked.size() == asked + 1);
  CHECK(f.control.applied == std::vector<std::string>{kWhole});
  CHECK(f.Said().empty());
}

TEST_CASE("seeker: a config that is refused is named, and fetched again") {
  Fixture f("talos.config=http://host/c");
  f.servers["http://host/c"] = "machine: {}\n";
  f.control.error = absl::InvalidArgumentError("machine.type is missing");
  f.GiveAddress();
  CHECK(f.Said() == "config source metal: machine.type is missing");
  f.servers["http://host/c"] = kWhole;
  f.control.error = absl::OkStatus();
  f.t.Advance(2s);
  CHECK(f.control.applied == std::vector<std::string>{"machine: {}\n", kWhole});
  CHECK(f.Said().empty());
}

TEST_CASE("seeker: when a client gives the config, the search ends, even in the middle") {
  Fixture f("talos.config=http://host/c");
  f.GiveAddress();
  f.control.maintenance = false;
  f.Stage("stage: CONFIGURED");
  CHECK(f.Said().empty());
  const size_t asked = f.asked.size();
  f.t.Advance(300s);
  CHECK(f.asked.size() == asked);
}

TEST_CASE("seeker: while something is wrong with the node, no config is looked for") {
  Fixture f("talos.config=http://host/c");
  f.servers["http://host/c"] = kWhole;
  f.Stage("stage: MAINTENANCE reason: 'several disks hold a system'");
  f.GiveAddress();
  f.t.Advance(300s);
  CHECK(f.asked.empty());
  f.Stage("stage: MAINTENANCE");
  CHECK(f.control.applied.size() == 1);
}

TEST_CASE("seeker: metal-iso is a file on a volume of that label, which may come late") {
  Fixture f("talos.config=metal-iso");
  CHECK(f.Said().empty());
  f.FindVolume("dev_path: '/dev/sdb1' name: 'vfat' label: 'OTHER'");
  CHECK(f.Said() == "config source metal: no volume is labelled metal-iso");
  f.disks.Add("/dev/sdb1", {{"config.yaml", kWhole}});
  f.FindVolume("dev_path: '/dev/sdb1' name: 'iso9660' label: 'metal-iso'");
  f.t.Advance(60s);
  CHECK(f.control.applied == std::vector<std::string>{kWhole});
}

TEST_CASE("seeker: an optional source that has nothing is passed, as is a part of a config") {
  Fixture f("talos.platform=nocloud");
  f.disks.Add("/dev/sdb1", {{"user-data", "#include\nhttp://host/c\n"}});
  f.servers["http://host/c"] = kPart;
  f.FindVolume("dev_path: '/dev/sdb1' name: 'vfat' partition_label: 'CIDATA'");
  CHECK(f.asked.empty());
  f.GiveAddress();
  CHECK(f.asked == std::vector<std::string>{"http://host/c"});
  CHECK(f.control.applied == std::vector<std::string>{kPart});
  CHECK(f.Said().empty());
  f.t.Advance(600s);
  CHECK(f.asked.size() == 1);
}

TEST_CASE("seeker: hcloud without user data leaves the node to its administrator") {
  Fixture f("talos.platform=hcloud");
  f.GiveAddress();
  CHECK(f.asked == std::vector<std::string>{"http://169.254.169.254/hetzner/v1/userdata"});
  f.t.Advance(600s);
  CHECK(f.asked.size() == 1);
  CHECK(f.Said().empty());
}

TEST_CASE("seeker: an argument that is no config is named") {
  Fixture f("talos.config.inline=!");
  CHECK(f.Said() == "config source cmdline-late: the argument is no base64");
}

}  // namespace
}  // namespace ichor
