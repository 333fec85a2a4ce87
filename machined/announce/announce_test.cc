#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "machined/announce/console_lines.h"
#include "machined/announce/service_journal.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

using services::ServiceState;

// Notes whom it shall stop.
struct Containers : ProcessHost {
  absl::Status Start(const std::string& /*id*/,
                     const services::ProcessSpec::Spec& /*process*/) override {
    return absl::OkStatus();
  }
  absl::Status Stop(const std::string& id) override {
    stopped += id + " ";
    return absl::OkStatus();
  }
  std::string stopped;
};

struct Machine {
  void Say(Desired<ServiceState> rows) {
    t.runtime.Publish<ServiceState>("test", std::move(rows));
    t.Advance(std::chrono::milliseconds(20));
    journal.OnSettled();
  }

  // The newest event's payload.
  machine::ServiceStateEvent Last() const {
    machine::Event event;
    REQUIRE(event.ParseFromString(events.At(events.end() - 1).encoded));
    CHECK(event.data().type_url() == "talos/runtime/machine.ServiceStateEvent");
    machine::ServiceStateEvent payload;
    REQUIRE(payload.ParseFromString(event.data().value()));
    return payload;
  }

  TestRuntime t;
  events::EventBus events{t.clock};
  Containers containers;
  ServiceJournal journal{t.runtime, events, t.clock, containers};
};

}  // namespace

TEST_CASE("service journal: each change of state is kept, and published") {
  Machine m;
  m.Say({{"apid", Text("state: PREPARING message: 'about to start' health_unknown: true")}});
  m.Say({{"apid", Text("state: RUNNING message: 'process 7' health_unknown: true")}});
  m.Say({{"apid", Text("state: RUNNING message: 'process 7' healthy: true")}});
  m.Say({{"apid", Text("state: RUNNING message: 'process 7' healthy: true")}});

  const std::vector<machine::ServiceInfo> services = m.journal.List();
  REQUIRE(services.size() == 1);
  CHECK(services[0].id() == "apid");
  CHECK(services[0].state() == "Running");
  REQUIRE(services[0].events().events_size() == 2);
  CHECK(services[0].events().events(0).state() == "Preparing");
  CHECK(services[0].events().events(1).msg() == "process 7");
  CHECK(services[0].health().healthy());
  CHECK(m.events.end() - m.events.begin() == 3);
  CHECK(m.Last().action() == machine::ServiceStateEvent::RUNNING);
  CHECK(m.Last().health().healthy());
}

TEST_CASE("service journal: of all services, clients may have the kubelet started anew") {
  Machine m;
  m.Say({{"apid", Text("state: RUNNING")}, {"kubelet", Text("state: RUNNING")}});
  CHECK(*m.journal.Restart("kubelet") == "Service \"kubelet\" restarted");
  CHECK(m.containers.stopped == "kubelet ");
  CHECK(*m.journal.Start("kubelet") == "Service \"kubelet\" started");
  CHECK_THAT(m.journal.Restart("apid").status(),
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "service \"apid\" may not be restarted by clients"));
  CHECK_THAT(m.journal.Stop("kubelet").status(),
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "service \"kubelet\" may not be stopped by clients"));
}

TEST_CASE("console lines: addresses and hostname are an event when they change") {
  TestRuntime t;
  events::EventBus events{t.clock};
  ConsoleLines lines(t.runtime, events);
  const auto say = [&](const std::string& hostname, const std::string& address) {
    network::NodeAddress::Spec list;
    *list.add_addresses() = ParseNetIPPrefix(address).value_or(common::NetIPPrefix());
    t.runtime.Publish<network::NodeAddress>("test", {{"current", std::move(list)}});
    t.runtime.Publish<network::HostnameStatus>(
        "test", {{"hostname", Text("hostname: '" + hostname + "'")}});
    t.Advance(std::chrono::milliseconds(20));
    lines.OnSettled();
  };
  say("n1", "10.0.0.2/24");
  say("n1", "10.0.0.2/24");
  REQUIRE(events.end() - events.begin() == 1);
  say("n2", "10.0.0.2/24");
  REQUIRE(events.end() - events.begin() == 2);
  machine::Event event;
  REQUIRE(event.ParseFromString(events.At(events.end() - 1).encoded));
  CHECK(event.data().type_url() == "talos/runtime/machine.AddressEvent");
  machine::AddressEvent payload;
  REQUIRE(payload.ParseFromString(event.data().value()));
  CHECK(payload.hostname() == "n2");
  REQUIRE(payload.addresses_size() == 1);
  CHECK(payload.addresses(0) == "10.0.0.2");
}

TEST_CASE("service journal: internal services are not shown, others may not be changed yet") {
  Machine m;
  m.Say({{"apid", Text("state: RUNNING")}, {"coldplug", Text("state: RUNNING internal: true")}});
  CHECK(m.journal.List().size() == 1);
  CHECK_THAT(m.journal.Stop("apid"),
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "service \"apid\" may not be stopped by clients"));
  CHECK_THAT(m.journal.Start("coldplug"),
             base::StatusIs(absl::StatusCode::kNotFound, "service \"coldplug\" not found"));
}

TEST_CASE("console: the status reads as one sentence") {
  runtime::MachineStatus::Spec status = Text("stage: MACHINE_STAGE_BOOTING");
  auto* const condition = status.mutable_status()->add_unmet_conditions();
  condition->set_name("time");
  condition->set_reason("time is not synced");
  CHECK(DescribeStatus(status) == "stage booting, not ready: time: time is not synced");
}

}  // namespace ichor
