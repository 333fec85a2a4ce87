#include "machined/delivery/log_delivery.h"

#include <chrono>
#include <format>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_kernel_log.h"
#include "lib/sys/fake_udp.h"
#include "lib/sys/tcp_socket.h"
#include "lib/sys/unix_socket.h"
#include "resource/config/config.resources.h"

namespace ichor {
namespace {

using base::IsOk;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;

struct Fixture {
  LogDelivery::Parts Parts() {
    return {.doors = {.loop = *t.loop,
                      .clock = t.clock,
                      .udp = udp,
                      .resolve =
                          [this](const std::string& host,
                                 absl::AnyInvocable<void(LogSender::Addresses)> done) {
                            asked.push_back(host);
                            done(addresses);
                          }},
            .store = store,
            .kernel_log = kernel_log};
  }
  // Until nothing happens any more, the real sockets included.
  void Turn() {
    for (int i = 0; i < 20; ++i) {
      t.loop->poller().Wait(std::chrono::milliseconds(1));
      t.Settle();
    }
  }
  std::vector<std::string> Sent() const {
    std::vector<std::string> payloads;
    payloads.reserve(udp.sent.size());
    for (const auto& datagram : udp.sent) {
      payloads.push_back(datagram.payload);
    }
    return payloads;
  }

  TestRuntime t;
  sys::FakeUdp udp;
  sys::FakeKernelLog kernel_log;
  log::LogStore store;
  std::vector<std::string> asked;
  LogSender::Addresses addresses = std::vector<std::string>{"10.0.0.9"};
  LogDelivery delivery{Parts()};
};

const LogDestination kByUdp{.udp = true, .host = "logs", .port = 6051};

// What came over a connection until now.
std::string Received(int fd) {
  std::string text(1 << 16, '\0');
  const auto size = sys::ReadSome(fd, text.data(), text.size());
  text.resize(size.value_or(0));
  return text;
}

}  // namespace

TEST_CASE("log delivery: the lines of all services, old and new ones, go out as records") {
  Fixture f;
  f.store.Append("apid", "first\nsec");
  f.delivery.OnLog("apid");
  f.delivery.SendServicesTo({kByUdp});
  f.Turn();
  REQUIRE(f.Sent().size() == 1);
  CHECK(f.Sent()[0].starts_with(R"({"msg":"first","talos-level":"info","talos-service":"apid")"));
  CHECK(f.udp.sent[0].to.port == 6051);
  CHECK(f.asked == std::vector<std::string>{"logs"});
  f.store.Append("apid", "ond\n");
  f.store.Append("udevd", "hello\n");
  f.delivery.OnLog("udevd");
  f.Turn();
  REQUIRE(f.Sent().size() == 3);
  CHECK(f.Sent()[1].starts_with(R"({"msg":"second")"));
  CHECK(f.Sent()[2].starts_with(R"({"msg":"hello","talos-level":"info","talos-service":"udevd")"));
}

TEST_CASE("log delivery: a destination that stays is not disturbed; one that goes hears no more") {
  Fixture f;
  f.store.Append("apid", "a\n");
  f.delivery.SendServicesTo({kByUdp});
  f.Turn();
  f.delivery.SendServicesTo({kByUdp});
  f.Turn();
  CHECK(f.Sent().size() == 1);
  f.delivery.SendServicesTo({});
  f.store.Append("apid", "b\n");
  f.Turn();
  CHECK(f.Sent().size() == 1);
}

TEST_CASE("log delivery: a host that is not there is asked for again, later and later") {
  Fixture f;
  f.addresses = absl::NotFoundError("logs: no such name");
  f.store.Append("apid", "a\n");
  f.delivery.SendServicesTo({kByUdp});
  f.Turn();
  CHECK(f.asked.size() == 1);
  f.t.Advance(1s);
  CHECK(f.asked.size() == 2);
  f.t.Advance(1s);
  CHECK(f.asked.size() == 2);
  f.addresses = std::vector<std::string>{"10.0.0.9"};
  f.t.Advance(1min);
  f.Turn();
  CHECK(f.Sent().size() == 1);
}

TEST_CASE("log delivery: the kernel's log has a way of its own") {
  Fixture f;
  f.kernel_log.Add("6,1,5,-;early\n");
  f.delivery.SendKernelTo({kByUdp});
  f.Turn();
  f.kernel_log.Add("nonsense");
  f.kernel_log.Add("6,2,9,-;later\n");
  f.Turn();
  REQUIRE(f.Sent().size() == 2);
  CHECK(f.Sent()[0].starts_with(R"({"clock":5,"facility":"kern","msg":"early")"));
  CHECK(f.Sent()[1].starts_with(R"({"clock":9,"facility":"kern","msg":"later")"));
}

TEST_CASE("log delivery: by TCP a broken connection comes back with the record that was lost") {
  Fixture f;
  auto listener = sys::ListenTcp("127.0.0.1:0");
  REQUIRE_THAT(listener, IsOk());
  const auto port = sys::PortOf(listener->get());
  REQUIRE_THAT(port, IsOk());
  f.addresses = std::vector<std::string>{"127.0.0.1"};
  f.store.Append("apid", "a\n");
  f.delivery.SendServicesTo({{.host = "logs", .port = *port}});
  f.Turn();
  auto first = sys::Accept(listener->get());
  REQUIRE_THAT(first, IsOk());
  f.Turn();
  CHECK(Received(first->get()).starts_with(R"({"msg":"a")"));
  first->Reset();
  f.Turn();
  f.store.Append("apid", "b\n");
  f.t.Advance(1s);
  f.Turn();
  const auto second = sys::Accept(listener->get());
  REQUIRE_THAT(second, IsOk());
  f.Turn();
  CHECK(Received(second->get()).starts_with(R"({"msg":"b")"));
}

TEST_CASE("log delivery: a destination that takes nothing costs no memory, and loses old lines") {
  Fixture f;
  auto listener = sys::ListenTcp("127.0.0.1:0");
  REQUIRE_THAT(listener, IsOk());
  f.addresses = std::vector<std::string>{"127.0.0.1"};
  f.delivery.SendServicesTo({{.host = "logs", .port = *sys::PortOf(listener->get())}});
  for (int i = 0; i < 200; ++i) {
    f.store.Append("apid", std::string(100'000, 'x') + "\n");
    f.delivery.OnLog("apid");
    f.t.Settle();
  }
  f.Turn();
  CHECK(f.store.size() <= 1 << 20);
}

TEST_CASE("log delivery: the config says where, and its change is followed") {
  Fixture f;
  RegisterDelivery(f.t.runtime, *f.t.loop, f.delivery);
  REQUIRE_THAT(f.t.runtime.Validate(), IsOk());
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(
      "machine:\n  logging: {destinations: [{endpoint: 'udp://logs:7', format: json_lines}]}\n");
  f.store.Append("apid", "a\n");
  f.kernel_log.Add("6,1,5,-;early\n");
  f.t.runtime.Publish<runtime::KernelCmdline>(
      "kernel", {{"cmdline", Text("cmdline: 'talos.logging.kernel=udp://kern:8'")}});
  f.t.runtime.Publish<config::MachineConfig>("config", {{"v1alpha1", spec}});
  f.Turn();
  CHECK(f.Sent().size() == 2);
  f.t.Advance(std::chrono::milliseconds(20));
  f.t.runtime.Publish<config::MachineConfig>("config", {});
  f.Turn();
  f.store.Append("apid", "b\n");
  f.Turn();
  CHECK(f.Sent().size() == 2);
}

}  // namespace ichor
