#include "networkd/resolver/forwarder.h"

#include <format>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_udp.h"

namespace ichor::networkd {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

const std::string kFirst("\x0a\0\0\x01", 4);
const std::string kSecond("\x0a\0\0\x02", 4);
const std::string kAddress("\x0a\0\0\x05", 4);

struct Fixture {
  Fixture() { forwarder.SetServers({kFirst, kSecond}); }

  void Ask() {
    DnsQuery query;
    query.question = {.name = DnsName("a").value_or(""), .type = 1};
    forwarder.Ask(query,
                  [this](absl::StatusOr<Forwarder::Answer> got) { answer = std::move(got); });
    t.Settle();
  }

  // The server that was asked as number `index` answers.
  void Reply(std::size_t index, DnsCode code = DnsCode::kOk) {
    const auto query = ParseDnsQuery(udp.sent.at(index).payload);
    REQUIRE_THAT(query.status(), base::IsOk());
    udp.Answer(index, code == DnsCode::kOk ? DnsAddresses(*query, {kAddress}, 60)
                                           : DnsFailure(*query, code));
    t.Settle();
  }

  TestRuntime t;
  sys::FakeUdp udp;
  std::uint32_t random = 0;
  int health_changes = 0;
  std::vector<std::string> connected;
  std::string server = "no address";  // over TCP
  std::optional<absl::StatusOr<Forwarder::Answer>> answer;
  Forwarder forwarder{{.loop = *t.loop,
                       .clock = t.clock,
                       .udp = udp,
                       .random = [this] { return random += 0x9e37; },
                       .connect =
                           [this](const std::string& address, auto events) {
                             connected.push_back(address);
                             return sys::MessageStream::Connect(t.loop->poller(), server,
                                                                std::move(events));
                           },
                       .on_health = [this] { ++health_changes; }}};
};

}  // namespace

TEST_CASE("forwarder: the first server's answer is the answer") {
  Fixture f;
  f.Ask();
  REQUIRE(f.udp.sent.size() == 1);
  CHECK(f.udp.sent[0].to == sys::UdpEndpoint{.address = kFirst, .port = 53});
  f.Reply(0);
  REQUIRE(f.answer.has_value());
  REQUIRE_THAT(f.answer->status(), base::IsOk());
  CHECK((*f.answer)->reply.addresses == std::vector<std::string>{kAddress});
  CHECK(f.udp.open() == 0);
}

TEST_CASE("forwarder: a silent server is passed over, and asked last from then on") {
  Fixture f;
  f.Ask();
  f.t.Advance(1500ms);
  REQUIRE(f.udp.sent.size() == 2);
  CHECK(f.udp.sent[1].to.address == kSecond);
  CHECK_FALSE(f.forwarder.IsHealthy(kFirst));
  CHECK(f.health_changes == 1);
  f.Reply(1);
  REQUIRE(f.answer.has_value());
  f.Ask();
  CHECK(f.udp.sent[2].to.address == kSecond);
}

TEST_CASE("forwarder: a late answer of the first server still counts") {
  Fixture f;
  f.Ask();
  f.t.Advance(2s);
  f.Reply(0);
  REQUIRE(f.answer.has_value());
  CHECK(f.answer->ok());
  CHECK(f.forwarder.IsHealthy(kFirst));
}

TEST_CASE("forwarder: evasive answers are only taken if nobody knows better") {
  Fixture f;
  f.Ask();
  f.Reply(0, DnsCode::kRefused);
  REQUIRE(f.udp.sent.size() == 2);
  CHECK_FALSE(f.answer.has_value());
  f.Reply(1, DnsCode::kServer);
  REQUIRE(f.answer.has_value());
  REQUIRE_THAT(f.answer->status(), base::IsOk());
  CHECK((*f.answer)->reply.code == DnsCode::kServer);
  f.answer.reset();
  f.Ask();
  f.Reply(2, DnsCode::kNoName);
  REQUIRE(f.answer.has_value());
  CHECK((*f.answer)->reply.code == DnsCode::kNoName);
}

TEST_CASE("forwarder: what does not fit into a datagram is asked for over TCP") {
  Fixture f;
  std::unique_ptr<sys::MessageStream> peer;
  const auto listener =
      sys::StreamListener::Listen(f.t.loop->poller(), "127.0.0.1:0", [&](base::UniqueFd fd) {
        peer = *sys::MessageStream::Over(
            f.t.loop->poller(), std::move(fd),
            {.on_message =
                 [&](std::string_view bytes) {
                   peer->Send(DnsAddresses(*ParseDnsQuery(bytes),
                                           std::vector<std::string>(100, kAddress), 60));
                 },
             .on_end = [] {}});
      });
  REQUIRE_THAT(listener.status(), base::IsOk());
  f.server = std::format("127.0.0.1:{}", *(*listener)->port());
  f.Ask();
  const auto query = ParseDnsQuery(f.udp.sent[0].payload);
  REQUIRE_THAT(query.status(), base::IsOk());
  std::string truncated = DnsAddresses(*query, {}, 60);
  truncated[2] = static_cast<char>(truncated[2] | 2);
  f.udp.Answer(0, truncated);
  for (int i = 0; i < 200 && !f.answer.has_value(); ++i) {
    f.t.loop->poller().Wait(std::chrono::milliseconds(10));
  }
  CHECK(f.connected == std::vector<std::string>{"10.0.0.1:53"});
  REQUIRE(f.answer.has_value());
  REQUIRE_THAT(f.answer->status(), base::IsOk());
  CHECK((*f.answer)->reply.addresses.size() == 100);
}

TEST_CASE("forwarder: where there is no TCP, the truncated answer is the answer") {
  Fixture f;
  f.Ask();
  const auto query = ParseDnsQuery(f.udp.sent[0].payload);
  REQUIRE_THAT(query.status(), base::IsOk());
  std::string truncated = DnsAddresses(*query, {}, 60);
  truncated[2] = static_cast<char>(truncated[2] | 2);
  f.udp.Answer(0, truncated);
  REQUIRE(f.answer.has_value());
  REQUIRE_THAT(f.answer->status(), base::IsOk());
  CHECK((*f.answer)->reply.truncated);
}

TEST_CASE("forwarder: answers to other questions are not heard") {
  Fixture f;
  f.Ask();
  auto query = ParseDnsQuery(f.udp.sent[0].payload);
  REQUIRE_THAT(query.status(), base::IsOk());
  query->id ^= 1U;
  f.udp.Answer(0, DnsAddresses(*query, {kAddress}, 60));
  query->id ^= 1U;
  query->asked[1] = 'b';
  f.udp.Answer(0, DnsAddresses(*query, {kAddress}, 60));
  f.udp.Answer(0, "x");
  f.t.Settle();
  CHECK_FALSE(f.answer.has_value());
}

TEST_CASE("forwarder: after 4.5 s without an answer it says so; at once if there is no way") {
  Fixture f;
  f.Ask();
  f.t.Advance(4499ms);
  CHECK_FALSE(f.answer.has_value());
  f.t.Advance(1ms);
  REQUIRE(f.answer.has_value());
  CHECK(f.answer->status().message() == "no name server answers");
  f.answer.reset();
  f.udp.unreachable = {kFirst, kSecond};
  f.Ask();
  REQUIRE(f.answer.has_value());
  CHECK(f.answer->status().message() == "no name server can be reached");
}

TEST_CASE("forwarder: there is an end to the questions that are open") {
  Fixture f;
  for (std::size_t i = 0; i < Forwarder::kMostQuestions; ++i)
    f.Ask();
  CHECK_FALSE(f.answer.has_value());
  f.Ask();
  REQUIRE(f.answer.has_value());
  CHECK(f.answer->status().message() == "too many questions are open");
}

}  // namespace ichor::networkd
