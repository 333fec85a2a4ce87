// Messages of the domain name system, as far as a forwarder has to understand them (RFC 1035, RFC
// 6891). Names are in wire form: labels behind their lengths, in lower case, with the root at the
// end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::networkd {

enum class DnsType : std::uint8_t { kA = 1, kSoa = 6, kAaaa = 28, kOpt = 41 };
enum class DnsCode : std::uint8_t {
  kOk = 0,
  kFormat = 1,
  kServer = 2,
  kNoName = 3,
  kNotImplemented = 4,
  kRefused = 5
};
inline constexpr std::size_t kPlainDnsBytes = 512;  // of a datagram, unless the asker allows more
inline constexpr std::size_t kMostDnsBytes = 1232;  // of ours: fits into one packet nearly anywhere

struct DnsQuestion {
  std::string name;
  std::uint16_t type = 0;
  std::uint16_t cls = 1;

  friend bool operator==(const DnsQuestion&, const DnsQuestion&) = default;
};

struct DnsQuery {
  std::uint16_t id = 0;
  bool recursion = false;
  bool unchecked = false;  // CD: the asker validates
  bool dnssec = false;     // DO: the asker wants signatures
  bool edns = false;
  std::size_t room = kPlainDnsBytes;  // for the reply, over UDP
  DnsQuestion question;
  std::string asked;  // the question as it came: its case is kept in the reply
};

// InvalidArgument if it is no question with one name, Unimplemented if it wants something else than
// names looked up.
absl::StatusOr<DnsQuery> ParseDnsQuery(std::string_view bytes);

// A question to ask; `query` says what about.
std::string EncodeDnsQuery(const DnsQuery& query);

struct DnsReply {
  std::uint16_t id = 0;
  DnsCode code = DnsCode::kOk;
  bool truncated = false;
  DnsQuestion question;
  std::vector<std::string> addresses;   // of A and AAAA answers, as bytes
  std::vector<std::size_t> ttl_places;  // in the bytes
  // How long it holds in seconds: the smallest of its times; nothing if it has none.
  std::optional<std::uint32_t> ttl;
  bool negative = false;  // there is no such name, or nothing of that type
  std::size_t opt = 0;    // where the OPT record begins, if it is the last additional one; else 0
};

// InvalidArgument if it is no reply, or runs past its end.
absl::StatusOr<DnsReply> ParseDnsReply(std::string_view bytes);

// The reply to `query` that only says so.
std::string DnsFailure(const DnsQuery& query, DnsCode code);
// For bytes that are no query: a format error, if there is at least an id.
std::optional<std::string> DnsFailure(std::string_view bytes, DnsCode code);
// The reply with these addresses of the type that was asked for; none says that there are none.
std::string DnsAddresses(const DnsQuery& query, const std::vector<std::string>& addresses,
                         std::uint32_t ttl);
// Somebody's reply as one to `query`: its id and question, times less by `age` seconds, no OPT
// record for an asker who had none. What does not fit into `room` bytes becomes a reply that says
// so.
std::string DnsAnswerTo(const DnsQuery& query, std::string bytes, const DnsReply& reply,
                        std::uint32_t age, std::size_t room);

// "example.org" or "example.org." in wire form; nothing if it is no name.
std::optional<std::string> DnsName(std::string_view text);

}  // namespace ichor::networkd
