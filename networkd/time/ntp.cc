#include "networkd/time/ntp.h"

#include <algorithm>
#include <cctype>
#include <format>

namespace ichor::networkd {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kPacketBytes = 48;
constexpr std::uint64_t kUnixEpoch = 2'208'988'800;  // 1970 in seconds since 1900
constexpr std::int64_t kNanoseconds = 1'000'000'000;
constexpr std::uint8_t kOldestVersion = 3;
constexpr std::uint8_t kNewestVersion = 4;
constexpr std::uint8_t kStratumOfNobody = 16;
constexpr nanoseconds kMaxDistance = std::chrono::seconds(3);
constexpr std::uint8_t kLeap61 = 1;
constexpr std::uint8_t kLeap59 = 2;

template <class Number>
void Put(Number number, std::string& bytes) {
  for (int shift = (static_cast<int>(sizeof(Number)) - 1) * 8; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(number >> static_cast<unsigned>(shift)));
  }
}

template <class Number>
Number Take(std::string_view& bytes) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number = static_cast<Number>(number << 8U) | static_cast<std::uint8_t>(bytes[i]);
  }
  bytes.remove_prefix(sizeof(Number));
  return number;
}

// Of a number with 16 bits behind the point.
nanoseconds ShortToDuration(std::uint32_t value) {
  return nanoseconds(static_cast<std::int64_t>((std::uint64_t{value} * kNanoseconds) >> 16U));
}

absl::Status Kiss(const std::string& reference) {
  std::string word = reference;
  std::ranges::replace_if(word, [](unsigned char c) { return std::isalnum(c) == 0; }, '?');
  const std::string text = std::format("server refuses: {}", word);
  if (word == "RATE") return absl::ResourceExhaustedError(text);
  if (word == "DENY" || word == "RSTR") return absl::PermissionDeniedError(text);
  return absl::UnavailableError(text);
}

absl::Status Check(const NtpPacket& answer, const NtpQuestion& question) {
  if (answer.mode != NtpPacket::kServer || answer.version < kOldestVersion ||
      answer.version > kNewestVersion) {
    return absl::InvalidArgumentError("this is no answer of a time server");
  }
  if (answer.origin != question.nonce) {
    return absl::InvalidArgumentError("this answers another question");
  }
  if (answer.stratum == 0) return Kiss(answer.reference);
  if (answer.leap == NtpPacket::kUnsynchronized || answer.stratum >= kStratumOfNobody) {
    return absl::UnavailableError("server does not know the time itself");
  }
  if (answer.receive == 0 || answer.transmit == 0 ||
      Difference(answer.transmit, answer.receive) < nanoseconds(0)) {
    return absl::InvalidArgumentError("server answered before it was asked");
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodeNtp(const NtpPacket& packet) {
  std::string bytes;
  bytes.push_back(static_cast<char>((packet.leap & 3U) << 6U | (packet.version & 7U) << 3U |
                                    (packet.mode & 7U)));
  bytes.push_back(static_cast<char>(packet.stratum));
  bytes.push_back(static_cast<char>(packet.poll));
  bytes.push_back(static_cast<char>(packet.precision));
  Put(packet.root_delay, bytes);
  Put(packet.root_dispersion, bytes);
  bytes += packet.reference;
  for (const NtpTime time : {packet.updated, packet.origin, packet.receive, packet.transmit}) {
    Put(time, bytes);
  }
  return bytes;
}

absl::StatusOr<NtpPacket> ParseNtp(std::string_view bytes) {
  if (bytes.size() < kPacketBytes) {
    return absl::InvalidArgumentError(
        std::format("time packet of {} bytes is too short", bytes.size()));
  }
  NtpPacket packet;
  const auto first = Take<std::uint8_t>(bytes);
  packet.leap = first >> 6U;
  packet.version = (first >> 3U) & 7U;
  packet.mode = first & 7U;
  packet.stratum = Take<std::uint8_t>(bytes);
  packet.poll = static_cast<std::int8_t>(Take<std::uint8_t>(bytes));
  packet.precision = static_cast<std::int8_t>(Take<std::uint8_t>(bytes));
  packet.root_delay = Take<std::uint32_t>(bytes);
  packet.root_dispersion = Take<std::uint32_t>(bytes);
  packet.reference = bytes.substr(0, packet.reference.size());
  bytes.remove_prefix(packet.reference.size());
  packet.updated = Take<NtpTime>(bytes);
  packet.origin = Take<NtpTime>(bytes);
  packet.receive = Take<NtpTime>(bytes);
  packet.transmit = Take<NtpTime>(bytes);
  return packet;
}

NtpTime ToNtp(std::chrono::sys_time<nanoseconds> time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = static_cast<std::uint64_t>((time - seconds).count());
  const auto since_1970 = static_cast<std::uint64_t>(seconds.time_since_epoch().count());
  return ((since_1970 + kUnixEpoch) << 32U) | ((rest << 32U) / kNanoseconds);
}

nanoseconds Difference(NtpTime a, NtpTime b) {
  const auto difference = static_cast<std::int64_t>(a - b);
  const std::int64_t seconds = difference >> 32;
  const auto parts = static_cast<std::uint64_t>(difference) & 0xffffffffU;
  return nanoseconds(seconds * kNanoseconds +
                     static_cast<std::int64_t>((parts * kNanoseconds) >> 32U));
}

absl::StatusOr<NtpSample> SampleOf(const NtpPacket& answer, const NtpQuestion& question) {
  if (absl::Status status = Check(answer, question); !status.ok()) return status;
  const nanoseconds there = Difference(answer.receive, question.asked);
  const nanoseconds back = Difference(answer.transmit, question.answered);
  NtpSample sample{.offset = there / 2 + back / 2, .delay = {}, .distance = {}};
  const nanoseconds away = Difference(question.answered, question.asked);
  const nanoseconds held = Difference(answer.transmit, answer.receive);
  sample.delay = std::max(away - held, nanoseconds(0));
  sample.distance = sample.delay / 2 + ShortToDuration(answer.root_delay) / 2 +
                    ShortToDuration(answer.root_dispersion);
  if (sample.distance > kMaxDistance) {
    return absl::UnavailableError(std::format(
        "server knows the time to {} ms only",
        std::chrono::duration_cast<std::chrono::milliseconds>(sample.distance).count()));
  }
  if (answer.leap == kLeap61) sample.leap_second = 1;
  if (answer.leap == kLeap59) sample.leap_second = -1;
  return sample;
}

}  // namespace ichor::networkd
