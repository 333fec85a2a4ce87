#include <string>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "ichorctl/control/parts.h"
#include "ichorctl/control/progress.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"
#include "storage/storage.pb.h"

namespace ichor::ctl {
namespace {

using base::IsOk;
using base::StatusIs;

const std::string kEvents = "/machine.MachineService/Events";
const std::string kRead = "/machine.MachineService/Read";
const std::string kReboot = "/machine.MachineService/Reboot";
const std::string kReset = "/machine.MachineService/Reset";
const std::string kShutdown = "/machine.MachineService/Shutdown";

template <class Message>
std::string Encoded(const Message& message, const std::string& actor) {
  machine::Event event;
  event.set_actor_id(actor);
  event.mutable_data()->set_type_url("talos/runtime/" + Message::descriptor()->full_name());
  event.mutable_data()->set_value(message.SerializeAsString());
  return event.SerializeAsString();
}

std::string Task(const std::string& task) {
  machine::TaskEvent event;
  event.set_task(task);
  return Encoded(event, "actor-1");
}

std::string Status(machine::MachineStatusEvent::MachineStage stage, bool ready) {
  machine::MachineStatusEvent event;
  event.set_stage(stage);
  event.mutable_status()->set_ready(ready);
  return Encoded(event, "");
}

// A node that takes orders. Its events are asked for the first time before the order; whoever asks
// again gets `later`. After the order it says that it is another boot, the second time it is asked.
struct Fixture {
  explicit Fixture(const std::vector<std::string>& later) {
    node.Answer(kEvents, [this, later](const TestNode::Call& call) {
      machine::EventsRequest request;
      request.ParseFromString(call.request);
      streams.push_back(request.tail_events());
      return TestNode::Reply{.messages = streams.size() == 1
                                             ? std::vector{machine::Event().SerializeAsString()}
                                             : later};
    });
    node.Answer(kRead, [this](const TestNode::Call&) {
      common::Data data;
      data.set_bytes(++reads > 2 ? "boot-2\n" : "boot-1\n");
      return TestNode::Reply{.messages = {data.SerializeAsString()}};
    });
    machine::RebootResponse taken;
    taken.add_messages()->set_actor_id("actor-1");
    for (const std::string& method : {kReboot, kReset, kShutdown}) {
      node.Answer(method, taken);
    }
  }

  TestNode node;
  std::vector<int> streams;  // how much of the past each wanted
  int reads = 0;
};

}  // namespace

TEST_CASE("reboot: ends when another boot is ready, not when the old one still is") {
  Fixture f({Task("unmount"), Status(machine::MachineStatusEvent::RUNNING, true)});
  REQUIRE_THAT(f.node.Run(RebootCommand, {"-m", "powercycle"}), IsOk());
  CHECK(f.node.err() ==
        "10.0.0.2: the node has taken the order\n10.0.0.2: unmount START\n"
        "10.0.0.2: RUNNING ready: true, unmet conditions: []\n10.0.0.2: unmount START\n"
        "10.0.0.2: RUNNING ready: true, unmet conditions: []\n"
        "10.0.0.2: started again and ready\n");
  CHECK(f.streams == std::vector{0, -1, -1});
  for (const TestNode::Call& call : f.node.calls()) {
    if (call.method == kReboot) {
      machine::RebootRequest request;
      REQUIRE(request.ParseFromString(call.request));
      CHECK(request.mode() == machine::RebootRequest::POWERCYCLE);
    }
  }
}

TEST_CASE("reset: ends at a node whose etcd waits for bootstrap, since a person has to do that") {
  machine::MachineStatusEvent status;
  status.set_stage(machine::MachineStatusEvent::RUNNING);
  auto& condition = *status.mutable_status()->add_unmet_conditions();
  condition.set_name("services");
  condition.set_reason("etcd not running");
  Fixture f({Encoded(status, "")});
  machine::ServiceListResponse services;
  machine::ServiceInfo& etcd = *services.add_messages()->add_services();
  etcd.set_id("etcd");
  etcd.mutable_events()->add_events()->set_msg("waits for bootstrap: run `ichorctl bootstrap`");
  f.node.Answer("/machine.MachineService/ServiceList", services);
  REQUIRE_THAT(f.node.Run(ResetCommand, {"--reboot", "--system-labels-to-wipe", "EPHEMERAL"}),
               IsOk());
  CHECK(f.node.err().ends_with(
      "10.0.0.2: running; etcd waits for bootstrap: run `ichorctl bootstrap`\n"));
  CHECK(f.reads > 2);  // another boot said so
}

TEST_CASE("reboot: without waiting there is one call, and nothing is shown") {
  Fixture f({});
  REQUIRE_THAT(f.node.Run(RebootCommand, {"--wait=false"}), IsOk());
  REQUIRE(f.node.calls().size() == 1);
  CHECK(f.node.calls().front().method == kReboot);
  CHECK(f.node.err().empty());
}

TEST_CASE("reboot: a node that does not come back in time is an error") {
  Fixture f({Status(machine::MachineStatusEvent::BOOTING, false)});
  CHECK_THAT(f.node.Run(RebootCommand, {"--timeout", "1s"}),
             StatusIs(absl::StatusCode::kDeadlineExceeded, "10.0.0.2: not done after 1s"));
  CHECK_THAT(f.node.Run(RebootCommand, {"--timeout", "soon"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "--timeout: \"soon\" is no length of time like 90s or 5m"));
}

TEST_CASE("reboot: what a node waits for is told with each node that is not ready in time") {
  machine::MachineStatusEvent status;
  status.set_stage(machine::MachineStatusEvent::RUNNING);
  auto& condition = *status.mutable_status()->add_unmet_conditions();
  condition.set_name("time");
  condition.set_reason("time is not synced");
  Fixture f({Encoded(status, "")});
  CHECK_THAT(f.node.Run(RebootCommand, {"--timeout", "1s"}),
             StatusIs(absl::StatusCode::kDeadlineExceeded,
                      "10.0.0.2: not done after 1s: it is not ready, time: time is not synced"));
}

TEST_CASE("reboot: events that a new stream repeats are shown once") {
  machine::Event event;
  event.ParseFromString(Task("unmount"));
  event.set_id("e1");
  Fixture f({event.SerializeAsString(), Task("sync"),
             Status(machine::MachineStatusEvent::RUNNING, true)});
  REQUIRE_THAT(f.node.Run(RebootCommand, {}), IsOk());
  const size_t first = f.node.err().find("unmount START");
  REQUIRE(first != std::string::npos);
  CHECK(f.node.err().find("unmount START", first + 1) == std::string::npos);
}

TEST_CASE("reboot: a refused order is told, with the role that it needs") {
  TestNode node({.roles = {"os:reader"}});
  node.Fail(kReboot, absl::PermissionDeniedError("not authorized"));
  CHECK(node.Run(RebootCommand, {"--wait=false"})
            .message()
            .find("this needs the role os:admin or os:operator") != std::string::npos);
}

TEST_CASE("shutdown: ends when services are stopped") {
  Fixture f({Task("stopAllServices")});
  REQUIRE_THAT(f.node.Run(ShutdownCommand, {"--force"}), IsOk());
  CHECK(f.node.err().ends_with("10.0.0.2: stopAllServices START\n10.0.0.2: stopped\n"));
}

TEST_CASE("shutdown: a node that does not answer any more is stopped too") {
  Fixture f({});
  f.node.Answer(kEvents, [&f](const TestNode::Call&) {
    f.streams.push_back(0);
    return f.streams.size() == 1
               ? TestNode::Reply{.messages = {machine::Event().SerializeAsString()}}
               : TestNode::Reply{.messages = {}, .status = absl::UnavailableError("gone")};
  });
  REQUIRE_THAT(f.node.Run(ShutdownCommand, {}), IsOk());
  CHECK(f.node.err() ==
        "10.0.0.2: the node has taken the order\n"
        "10.0.0.2: stopped: it does not answer any more\n");
}

TEST_CASE("shutdown: the kernel's log is shown on demand") {
  Fixture f({Task("stopAllServices")});
  common::Data line;
  line.set_bytes("kern: info: going down\n");
  f.node.Answer("/machine.MachineService/Dmesg", line);
  REQUIRE_THAT(f.node.Run(ShutdownCommand, {"--debug"}), IsOk());
  CHECK(f.node.err().contains("10.0.0.2: kern: info: going down\n"));
}

TEST_CASE("reset: every flag is in the request, and a restart may end in maintenance mode") {
  Fixture f({Status(machine::MachineStatusEvent::MAINTENANCE, true)});
  REQUIRE_THAT(f.node.Run(ResetCommand, {"--graceful=false", "--reboot", "--wipe-mode",
                                         "system-disk", "--system-labels-to-wipe",
                                         "STATE,EPHEMERAL", "--user-disks-to-wipe", "/dev/sdb"}),
               IsOk());
  CHECK(f.node.err().ends_with("10.0.0.2: started again and ready\n"));
  for (const TestNode::Call& call : f.node.calls()) {
    if (call.method == kReset) {
      machine::ResetRequest request;
      REQUIRE(request.ParseFromString(call.request));
      CHECK_FALSE(request.graceful());
      CHECK(request.reboot());
      CHECK(request.mode() == machine::ResetRequest::SYSTEM_DISK);
      CHECK(request.system_partitions_to_wipe(1).label() == "EPHEMERAL");
      CHECK(request.system_partitions_to_wipe(1).wipe());
      CHECK(request.user_disks_to_wipe(0) == "/dev/sdb");
    }
  }
}

TEST_CASE("meta: keys have any base that people write") {
  TestNode node;
  node.Answer("/machine.MachineService/MetaWrite", machine::MetaWriteResponse());
  node.Answer("/machine.MachineService/MetaDelete", machine::MetaDeleteResponse());
  for (const char* const key : {"10", "0x0a", "0o12", "012", "0b1010"}) {
    REQUIRE_THAT(node.Run(MetaCommand, {"write", key, "v"}), IsOk());
    machine::MetaWriteRequest request;
    REQUIRE(request.ParseFromString(node.calls().front().request));
    CHECK(request.key() == 10);
    CHECK(request.value() == "v");
  }
  REQUIRE_THAT(node.Run(MetaCommand, {"delete", "0"}), IsOk());
  CHECK(node.calls().size() == 1);
  CHECK(node.Run(MetaCommand, {"delete", "256"}).code() == absl::StatusCode::kInvalidArgument);
  CHECK(node.Run(MetaCommand, {"delete", "0x"}).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("wipe disk: devices are named without their directory") {
  TestNode node;
  node.Answer("/storage.StorageService/BlockDeviceWipe", storage::BlockDeviceWipeResponse());
  REQUIRE_THAT(
      node.Run(WipeCommand, {"disk", "/dev/sdb", "sdc1", "--method", "ZEROES", "--drop-partition"}),
      IsOk());
  storage::BlockDeviceWipeRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  REQUIRE(request.devices_size() == 2);
  CHECK(request.devices(0).device() == "sdb");
  CHECK(request.devices(1).device() == "sdc1");
  CHECK(request.devices(1).method() == storage::BlockDeviceWipeDescriptor::ZEROES);
  CHECK(request.devices(1).drop_partition());
}

TEST_CASE("wipe: what is made of several disks is named as LVM and MD name it") {
  TestNode node;
  for (const char* const method :
       {"/machine.LVMService/LogicalVolumeRemove", "/machine.LVMService/VolumeGroupRemove",
        "/machine.LVMService/PhysicalVolumeRemove", "/machine.MDService/Destroy"}) {
    node.Answer(method, machine::MDDestroyRequest());
  }
  REQUIRE_THAT(node.Run(WipeCommand, {"lv", "vg0/data"}), IsOk());
  machine::LVMServiceLogicalVolumeRemoveRequest volume;
  REQUIRE(volume.ParseFromString(node.calls().front().request));
  CHECK(volume.volume_group() == "vg0");
  CHECK(volume.logical_volume() == "data");
  CHECK_THAT(node.Run(WipeCommand, {"lv", "data"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "\"data\" names no logical volume: expected its group and itself, like "
                      "vg0/data"));
  REQUIRE_THAT(node.Run(WipeCommand, {"vg", "vg0"}), IsOk());
  CHECK(node.calls().front().method == "/machine.LVMService/VolumeGroupRemove");
  REQUIRE_THAT(node.Run(WipeCommand, {"pv", "/dev/sdb"}), IsOk());
  CHECK(node.calls().front().method == "/machine.LVMService/PhysicalVolumeRemove");
  REQUIRE_THAT(node.Run(WipeCommand, {"md", "/dev/md0"}), IsOk());
  CHECK(node.calls().front().method == "/machine.MDService/Destroy");
}

TEST_CASE("rollback: an answer of a node that cannot is passed on") {
  TestNode node;
  node.Fail("/machine.MachineService/Rollback", absl::UnimplementedError("not yet"));
  CHECK_THAT(node.Run(RollbackCommand, {}),
             StatusIs(absl::StatusCode::kUnimplemented, "10.0.0.2: not yet"));
}

TEST_CASE("progress: on a terminal each node keeps its line") {
  TestSession session;
  Progress progress(*session, {"a", "b"}, true);
  progress.Say("a", "one");
  progress.Tick();
  progress.End("b", "done", true);
  CHECK(session.err().starts_with("\x1b[2K⠋ a: one\n\x1b[2K⠋ b: \n\x1b[2A"));
  CHECK(session.err().ends_with("\x1b[2K⠙ a: one\n\x1b[2K✓ b: done\n"));
}

TEST_CASE("progress: a line is as long as the terminal allows, in whole letters") {
  TestSession session;
  (*session).environment["COLUMNS"] = "10";
  Progress progress(*session, {"a"}, true);
  progress.Say("a", "über\nalles");
  CHECK(session.err() == "\x1b[2K⠋ a: über\n");
  session.Begin();
  progress.Say("a", "ü\nb");
  CHECK(session.err() == "\x1b[1A\x1b[2K⠋ a: ü b\n");
}

}  // namespace ichor::ctl
