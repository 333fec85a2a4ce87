#include "networkd/resolver/message.h"

#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::networkd {
namespace {

constexpr std::uint16_t kA = 1;
const std::string kAddress("\x0a\0\0\x05", 4);

std::string Wire(std::string_view name) {
  return DnsName(name).value_or("?");
}

DnsQuery Query(std::string_view name, bool edns = true) {
  DnsQuery query{.id = 0x1234, .recursion = true, .edns = edns};
  query.question = {.name = Wire(name), .type = kA};
  query.asked = query.question.name + std::string("\0\x01\0\x01", 4);
  return query;
}

// A reply with an SOA record in its authority section, of times 60 and 30.
std::string NoName(std::string_view name) {
  std::string bytes = DnsFailure(Query(name, false), DnsCode::kNoName);
  bytes[9] = 1;
  return bytes + std::string("\0\0\x06\0\x01\0\0\0\x3c\0\x16\0\0", 13) + std::string(16, '\1') +
         std::string("\0\0\0\x1e", 4);
}

}  // namespace

TEST_CASE("dns names: text becomes labels in lower case") {
  CHECK(Wire("Ab.c.") == std::string("\2ab\1c\0", 6));
  CHECK(Wire("") == std::string(1, '\0'));
  CHECK_FALSE(DnsName("a..b").has_value());
  CHECK_FALSE(DnsName(".a").has_value());
  CHECK_FALSE(DnsName(std::string(64, 'a')).has_value());
  CHECK_FALSE(DnsName(std::string(300, 'a')).has_value());
}

TEST_CASE("dns: a question is written and read alike, with the room that its asker has") {
  const auto query = ParseDnsQuery(EncodeDnsQuery(Query("Example.org")));
  REQUIRE_THAT(query.status(), base::IsOk());
  CHECK(query->id == 0x1234);
  CHECK(query->recursion);
  CHECK(query->edns);
  CHECK(query->room == kMostDnsBytes);
  CHECK(query->question == DnsQuestion{.name = Wire("example.org"), .type = kA});
}

TEST_CASE("dns: what is no question is refused, with a reply where that is possible") {
  const std::string bytes = EncodeDnsQuery(Query("example.org"));
  CHECK_FALSE(ParseDnsQuery(bytes.substr(0, 20)).ok());
  CHECK_FALSE(DnsFailure("x", DnsCode::kFormat).has_value());
  std::string notify = bytes;
  notify[2] = 0x20;
  CHECK(absl::IsUnimplemented(ParseDnsQuery(notify).status()));
  const auto failure = DnsFailure(notify, DnsCode::kNotImplemented);
  REQUIRE(failure.has_value());
  CHECK(failure->substr(0, 4) == std::string("\x12\x34\xa0\x04", 4));
  std::string reply = bytes;
  reply[2] = '\x81';
  CHECK_FALSE(ParseDnsQuery(reply).ok());
  CHECK_FALSE(DnsFailure(reply, DnsCode::kFormat).has_value());  // else two resolvers never end
  CHECK_FALSE(ParseDnsQuery(std::string("\0\1\0\0\0\1\0\0\0\0\0\0\xc0\0\0\1\0\1", 18)).ok());
}

TEST_CASE("dns: addresses are answered, and an asker without EDNS gets no OPT record") {
  const DnsQuery query = Query("example.org");
  const std::string bytes = DnsAddresses(query, {kAddress, kAddress}, 300);
  const auto reply = ParseDnsReply(bytes);
  REQUIRE_THAT(reply.status(), base::IsOk());
  CHECK(reply->addresses == std::vector<std::string>{kAddress, kAddress});
  CHECK(reply->ttl == 300);
  CHECK_FALSE(reply->negative);
  REQUIRE(reply->opt != 0);
  const std::string plain =
      DnsAnswerTo(Query("example.org", false), bytes, *reply, 100, kPlainDnsBytes);
  const auto again = ParseDnsReply(plain);
  REQUIRE_THAT(again.status(), base::IsOk());
  CHECK(again->opt == 0);
  CHECK(again->ttl == 200);
  CHECK(plain.size() + 11 == bytes.size());
}

TEST_CASE("dns: an OPT record that is no additional one is left where it is") {
  std::string bytes = DnsAddresses(Query("example.org"), {kAddress}, 300);
  std::swap(bytes[9], bytes[11]);  // its section becomes that of authorities
  const auto reply = ParseDnsReply(bytes);
  REQUIRE_THAT(reply.status(), base::IsOk());
  CHECK(reply->opt == 0);
  const DnsQuery plain = Query("example.org", false);
  CHECK_THAT(ParseDnsReply(DnsAnswerTo(plain, bytes, *reply, 0, kPlainDnsBytes)).status(),
             base::IsOk());
}

TEST_CASE("dns: the reply repeats the question as it came, in its case") {
  DnsQuery query = Query("example.org");
  const std::string bytes = DnsAddresses(query, {kAddress}, 5);
  const auto reply = ParseDnsReply(bytes);
  REQUIRE_THAT(reply.status(), base::IsOk());
  query.id = 9;
  query.asked[1] = 'E';
  const std::string answer = DnsAnswerTo(query, bytes, *reply, 60, kMostDnsBytes);
  CHECK(answer.substr(12, query.asked.size()) == query.asked);
  CHECK(answer.substr(0, 2) == std::string("\0\x09", 2));
  CHECK(ParseDnsReply(answer)->ttl == 0);
}

TEST_CASE("dns: what does not fit becomes a reply that says so") {
  const DnsQuery query = Query("example.org");
  const std::string bytes = DnsAddresses(query, std::vector<std::string>(60, kAddress), 5);
  const auto reply = ParseDnsReply(bytes);
  REQUIRE_THAT(reply.status(), base::IsOk());
  const std::string cut = DnsAnswerTo(query, bytes, *reply, 0, kPlainDnsBytes);
  const auto answer = ParseDnsReply(cut);
  REQUIRE_THAT(answer.status(), base::IsOk());
  CHECK(answer->truncated);
  CHECK(answer->addresses.empty());
  CHECK(DnsAnswerTo(query, bytes, *reply, 0, kMostDnsBytes).size() == bytes.size());
}

TEST_CASE("dns: a negative reply holds as long as its SOA record says") {
  const auto reply = ParseDnsReply(NoName("example.org"));
  REQUIRE_THAT(reply.status(), base::IsOk());
  CHECK(reply->negative);
  CHECK(reply->ttl == 30);
  CHECK_FALSE(ParseDnsReply(NoName("example.org").substr(0, 60)).ok());
}

}  // namespace ichor::networkd
