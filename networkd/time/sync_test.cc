#include "networkd/time/sync.h"

#include <map>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_clock_control.h"
#include "lib/sys/fake_udp.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor::networkd {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

const std::string kFirst("\x0a\0\0\x01", 4);
const std::string kSecond("\x0a\0\0\x02", 4);

struct Fixture {
  TimeSync& Start(const TimeSettings& settings) {
    sync = std::make_unique<TimeSync>(TimeSync::Environment{
        .loop = *t.loop,
        .runtime = t.runtime,
        .clock = t.clock,
        .udp = udp,
        .clock_control = clock,
        .random = [this] { return ++random; },
        .lookup = [this](
                      const std::string& name,
                      const TimeSync::OnAddresses& on_addresses) { on_addresses(names[name]); }});
    sync->Set(settings);
    t.Settle();
    return *sync;
  }

  // The last question, answered by a server whose clock is ahead by `offset`.
  void Answer(std::chrono::nanoseconds offset, const std::string& refusal = "") {
    const auto question = ParseNtp(udp.sent.back().payload);
    REQUIRE_THAT(question.status(), base::IsOk());
    const NtpTime now = ToNtp(t.clock.Now() + offset);
    NtpPacket answer{.mode = NtpPacket::kServer,
                     .stratum = 2,
                     .origin = question->transmit,
                     .receive = now,
                     .transmit = now};
    if (!refusal.empty()) {
      answer.stratum = 0;
      answer.reference = refusal;
    }
    udp.Answer(udp.sent.size() - 1, EncodeNtp(answer));
    t.Advance(20ms);
  }

  time::TimeStatus::Spec Status() {
    const auto rows = t.runtime.Read<time::TimeStatus>();
    REQUIRE(rows.size() == 1);
    return rows.front().spec();
  }

  TestRuntime t;
  sys::FakeUdp udp;
  sys::FakeClockControl clock;
  std::uint32_t random = 0;
  std::map<std::string, std::vector<std::string>> names;
  std::unique_ptr<TimeSync> sync;
};

}  // namespace

TEST_CASE("time sync: a clock that is far off is stepped, and that is a new epoch") {
  Fixture f;
  f.names["ntp.example.org"] = {kFirst};
  f.Start({.servers = {"ntp.example.org"}});
  CHECK_FALSE(f.Status().synced());
  REQUIRE(f.udp.sent.size() == 1);
  CHECK(f.udp.sent[0].to == sys::UdpEndpoint{.address = kFirst, .port = 123});
  f.Answer(1h);
  REQUIRE(f.clock.steps.size() == 1);
  CHECK(std::chrono::abs(f.clock.steps[0] - 1h) < 1ms);
  CHECK(f.Status().synced());
  CHECK(f.Status().epoch() == 1);
  f.t.Advance(32s);
  REQUIRE(f.udp.sent.size() == 2);
  f.Answer(100ms);
  REQUIRE(f.clock.slews.size() == 1);
  CHECK(f.Status().epoch() == 1);
  CHECK(f.udp.open() == 0);
}

TEST_CASE("time sync: a server that is silent or refuses makes way for the next") {
  Fixture f;
  f.Start({.servers = {"10.0.0.1", "10.0.0.2"}});
  f.t.Advance(4s);
  REQUIRE(f.udp.sent.size() == 2);
  CHECK(f.udp.sent[1].to.address == kSecond);
  f.Answer(0s, "DENY");
  f.t.Advance(1s);
  REQUIRE(f.udp.sent.size() == 3);  // all were asked: a second later, from the beginning
  CHECK(f.udp.sent[2].to.address == kFirst);
  f.Answer(0s);
  CHECK(f.Status().synced());
}

TEST_CASE("time sync: answers that nobody asked for change nothing") {
  Fixture f;
  f.Start({.servers = {"10.0.0.1"}});
  const NtpTime now = ToNtp(f.t.clock.Now() + 1h);
  f.udp.Answer(0, "x");
  f.udp.Answer(0, EncodeNtp({.mode = NtpPacket::kServer,
                             .stratum = 1,
                             .origin = 12345,
                             .receive = now,
                             .transmit = now}));
  f.t.Advance(20ms);
  CHECK(f.clock.steps.empty());
  CHECK_FALSE(f.Status().synced());
  f.Answer(0s);
  CHECK(f.Status().synced());
}

TEST_CASE("time sync: without a way it asks ever more seldom, and at once when there is one") {
  Fixture f;
  f.udp.unreachable = {kFirst};
  TimeSync& sync = f.Start({.servers = {"10.0.0.1"}});
  f.t.Advance(100s);
  CHECK(f.udp.sent.empty());
  f.udp.unreachable.clear();
  sync.OnNetwork();
  CHECK(f.udp.sent.size() == 1);
  f.Answer(0s);
  CHECK(f.Status().synced());
}

TEST_CASE("time sync: switched off, or out of patience at boot, the time counts as right") {
  Fixture off;
  off.Start({.servers = {"10.0.0.1"}, .disabled = true});
  CHECK(off.Status().synced());
  CHECK(off.Status().sync_disabled());
  CHECK(off.udp.sent.empty());
  Fixture f;
  f.Start({.servers = {"10.0.0.1"}, .boot_timeout = 60s});
  f.t.Advance(59s);
  CHECK_FALSE(f.Status().synced());
  f.t.Advance(2s);
  CHECK(f.Status().synced());
  CHECK_FALSE(f.Status().sync_disabled());
}

TEST_CASE("time sync: other settings begin anew with the servers that they name") {
  Fixture f;
  TimeSync& sync = f.Start({.servers = {"10.0.0.1"}});
  sync.Set({.servers = {"10.0.0.2"}});
  REQUIRE(f.udp.sent.size() == 2);
  CHECK(f.udp.sent[1].to.address == kSecond);
  sync.Set({.servers = {"10.0.0.2"}});
  CHECK(f.udp.sent.size() == 2);
  CHECK(f.udp.open() == 1);
}

}  // namespace ichor::networkd
