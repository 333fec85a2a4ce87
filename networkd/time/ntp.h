// Packets of the network time protocol, version 4, and what an answer says about the clock (RFC
// 5905; the client's checks of RFC 4330).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace ichor::networkd {

// Seconds since 1900 in the upper half, their parts below; wraps in 2036, so only differences
// count.
using NtpTime = std::uint64_t;

struct NtpPacket {
  static constexpr std::uint8_t kUnsynchronized = 3;  // a leap indicator
  static constexpr std::uint8_t kClient = 3;
  static constexpr std::uint8_t kServer = 4;

  std::uint8_t leap = 0;
  std::uint8_t version = 4;
  std::uint8_t mode = kClient;
  std::uint8_t stratum = 0;
  std::int8_t poll = 0;
  std::int8_t precision = 0;
  std::uint32_t root_delay = 0;                  // seconds and their parts, 16 bits each
  std::uint32_t root_dispersion = 0;             // the same
  std::string reference = std::string(4, '\0');  // 4 bytes; at stratum 0 a word: RATE, DENY …
  NtpTime updated = 0;
  NtpTime origin = 0;    // what the question had as `transmit`
  NtpTime receive = 0;   // when the question came
  NtpTime transmit = 0;  // when this left
};

std::string EncodeNtp(const NtpPacket& packet);
// Extensions and authenticators behind the packet are not looked at. InvalidArgument if it is
// shorter than a packet.
absl::StatusOr<NtpPacket> ParseNtp(std::string_view bytes);

// The wall clock's time as the protocol has it.
NtpTime ToNtp(std::chrono::sys_time<std::chrono::nanoseconds> time);
// How much later `a` is than `b`; they are less than 68 years apart.
std::chrono::nanoseconds Difference(NtpTime a, NtpTime b);

struct NtpSample {
  std::chrono::nanoseconds offset;    // that the own clock is behind
  std::chrono::nanoseconds delay;     // of the way there and back
  std::chrono::nanoseconds distance;  // how wrong it may be at most
  int leap_second = 0;
};

// A question that was asked. `nonce` is what it had as `transmit`: chance, so that nobody who did
// not see it can answer, and nobody learns what time it is here.
struct NtpQuestion {
  NtpTime nonce = 0;
  NtpTime asked = 0;     // by the own clock
  NtpTime answered = 0;  // the same
};

// What an answer says. InvalidArgument: it is none to this question, or makes no sense.
// ResourceExhausted: the server wants to be asked less. PermissionDenied: it does not want to be
// asked. Unavailable: it does not know the time, or not well enough (3 s).
absl::StatusOr<NtpSample> SampleOf(const NtpPacket& answer, const NtpQuestion& question);

}  // namespace ichor::networkd
