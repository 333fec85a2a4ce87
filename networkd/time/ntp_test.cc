#include "networkd/time/ntp.h"

#include <chrono>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::networkd {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;
using std::chrono::abs;

constexpr NtpTime kSecond = NtpTime{1} << 32U;
constexpr NtpTime kThere = kSecond * 1000;

// Asked at 1000 s, answered 200 ms later by a server whose clock is 3 s ahead and which held the
// question for 100 ms.
constexpr NtpQuestion kQuestion{.nonce = 77, .asked = kThere, .answered = kThere + kSecond / 5};
NtpPacket Answer() {
  return {.mode = NtpPacket::kServer,
          .stratum = 2,
          .root_delay = 1U << 12U,       // 62.5 ms
          .root_dispersion = 1U << 10U,  // 15.6 ms
          .origin = 77,
          .receive = kThere + kSecond * 3 + kSecond / 20,
          .transmit = kThere + kSecond * 3 + kSecond / 20 + kSecond / 10};
}

absl::Status Judged(const NtpPacket& answer) {
  return SampleOf(answer, kQuestion).status();
}

}  // namespace

TEST_CASE("ntp: a packet is written and read alike") {
  NtpPacket packet = Answer();
  packet.leap = 1;
  packet.poll = -6;
  packet.precision = -20;
  packet.reference = "GPS";
  packet.reference.resize(4);
  const std::string bytes = EncodeNtp(packet);
  REQUIRE(bytes.size() == 48);
  CHECK(static_cast<unsigned char>(bytes[0]) == 0x64);  // leap 1, version 4, server
  const auto again = ParseNtp(bytes + "an extension");
  REQUIRE_THAT(again.status(), base::IsOk());
  CHECK(EncodeNtp(*again) == bytes);
  CHECK(again->poll == -6);
  CHECK(again->transmit == packet.transmit);
  CHECK_FALSE(ParseNtp(bytes.substr(1)).ok());
}

TEST_CASE("ntp: times of the wall clock, and differences over the end of an era") {
  CHECK(ToNtp({}) == NtpTime{2'208'988'800} << 32U);
  CHECK(ToNtp(std::chrono::sys_time<std::chrono::nanoseconds>(500ms)) - ToNtp({}) == kSecond / 2);
  CHECK(Difference(kSecond, kSecond * 3) == -2s);
  CHECK(Difference(kSecond / 2, NtpTime{0} - kSecond) == 1500ms);
}

TEST_CASE("ntp: an answer says how far the clock is off, and how sure that is") {
  const auto sample = SampleOf(Answer(), kQuestion);
  REQUIRE_THAT(sample.status(), base::IsOk());
  CHECK(abs(sample->offset - 3s) < 1ms);
  CHECK(abs(sample->delay - 100ms) < 1ms);
  CHECK(abs(sample->distance - 96875us) < 1ms);
  CHECK(sample->leap_second == 0);
}

TEST_CASE("ntp: answers to other questions, and of no server, are none") {
  NtpPacket answer = Answer();
  answer.origin = 78;
  CHECK(absl::IsInvalidArgument(Judged(answer)));
  answer = Answer();
  answer.mode = NtpPacket::kClient;
  CHECK(absl::IsInvalidArgument(Judged(answer)));
  answer = Answer();
  answer.transmit = 0;
  CHECK(absl::IsInvalidArgument(Judged(answer)));
}

TEST_CASE("ntp: a server that does not know the time, or wants to be left alone, is named") {
  NtpPacket answer = Answer();
  answer.leap = NtpPacket::kUnsynchronized;
  CHECK(Judged(answer).message() == "server does not know the time itself");
  answer = Answer();
  answer.root_dispersion = 4U << 16U;
  CHECK(Judged(answer).message() == "server knows the time to 4081 ms only");
  answer = Answer();
  answer.stratum = 0;
  answer.reference = "RATE";
  CHECK(absl::IsResourceExhausted(Judged(answer)));
  answer.reference = "DENY";
  CHECK(absl::IsPermissionDenied(Judged(answer)));
  answer.reference = std::string("a\nb\0", 4);
  CHECK(Judged(answer).message() == "server refuses: a?b?");
}

}  // namespace ichor::networkd
