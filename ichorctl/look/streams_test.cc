// Commands that show what comes line by line.
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/event_text.h"
#include "ichorctl/look/parts.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using base::IsOk;

std::string Bytes(const std::string& text) {
  common::Data data;
  data.set_bytes(text);
  return data.SerializeAsString();
}

template <class Message>
machine::Event EventOf(const Message& message, const std::string& actor = "") {
  machine::Event event;
  event.set_id("id-1");
  event.set_actor_id(actor);
  event.mutable_data()->set_type_url("talos/runtime/" + Message::descriptor()->full_name());
  event.mutable_data()->set_value(message.SerializeAsString());
  return event;
}

}  // namespace

TEST_CASE("logs: each line says which node it is of, however it was cut on the way") {
  TestNode node;
  node.Answer(MachineMethod("Logs"), [](const TestNode::Call&) {
    return TestNode::Reply{.messages = {Bytes("one\ntw"), Bytes("o\n"), Bytes("three")}};
  });
  REQUIRE_THAT(node.Run(LogsCommand, {"apid", "-f", "--tail", "5"}), IsOk());
  CHECK(node.out() == "10.0.0.2: one\n10.0.0.2: two\n10.0.0.2: three\n");
  machine::LogsRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.id() == "apid");
  CHECK(request.namespace_() == "system");
  CHECK(request.follow());
  CHECK(request.tail_lines() == 5);
}

TEST_CASE("dmesg: what came before an error is shown, then the error") {
  TestNode node;
  node.Answer(MachineMethod("Dmesg"), [](const TestNode::Call&) {
    return TestNode::Reply{.messages = {Bytes("kern: info: up\n")},
                           .status = absl::DataLossError("gone")};
  });
  CHECK(node.Run(DmesgCommand, {}).message() == "10.0.0.2: gone");
  CHECK(node.out() == "10.0.0.2: kern: info: up\n");
}

TEST_CASE("events: every kind of event has a source and a message") {
  machine::SequenceEvent sequence;
  sequence.set_sequence("boot");
  sequence.set_action(machine::SequenceEvent::START);
  CHECK(TextOf(EventOf(sequence))->source == "boot");
  CHECK(TextOf(EventOf(sequence))->message == "START");
  sequence.mutable_error()->set_message("no disk");
  CHECK(TextOf(EventOf(sequence))->message == "error: no disk");
  machine::MachineStatusEvent status;
  status.set_stage(machine::MachineStatusEvent::RUNNING);
  status.mutable_status()->add_unmet_conditions()->set_name("time");
  CHECK(TextOf(EventOf(status))->source == "RUNNING");
  CHECK(TextOf(EventOf(status))->message == "ready: false, unmet conditions: [time]");
  machine::ServiceStateEvent service;
  service.set_service("apid");
  service.set_action(machine::ServiceStateEvent::RUNNING);
  service.set_message("Started");
  CHECK(TextOf(EventOf(service))->message == "RUNNING: Started");
  machine::AddressEvent address;
  address.set_hostname("n1");
  address.add_addresses("10.0.0.2");
  CHECK(TextOf(EventOf(address))->message == "ADDRESSES: 10.0.0.2");
  machine::RestartEvent other;
  CHECK_FALSE(TextOf(EventOf(other)));
  CHECK_FALSE(TextOf(machine::Event()));
}

TEST_CASE("events: rows appear as events come, those of the past on demand") {
  TestNode node;
  machine::TaskEvent task;
  task.set_task("stopAllServices");
  node.Answer(MachineMethod("Events"), EventOf(task, "actor-7"));
  REQUIRE_THAT(
      node.Run(EventsCommand, {"--tail", "-1", "--duration", "1h", "--actor-id", "actor-7"}),
      IsOk());
  CHECK(node.out().starts_with("NODE            ID  "));
  CHECK(node.out().contains("10.0.0.2        id-1 "));
  CHECK(node.out().contains(" machine.TaskEvent "));
  CHECK(node.out().contains(" actor-7 "));
  CHECK(node.out().ends_with(" START\n"));
  machine::EventsRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.tail_events() == -1);
  CHECK(request.tail_seconds() == 3600);
  CHECK(request.with_actor_id() == "actor-7");
  CHECK(node.Run(EventsCommand, {"--duration", "soon"}).code() ==
        absl::StatusCode::kInvalidArgument);
}

}  // namespace ichor::ctl
