#include "networkd/resolver/cache.h"

#include <format>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::networkd {
namespace {

using std::chrono_literals::operator""s;

DnsQuery Query(const std::string& name) {
  DnsQuery query{.id = 1, .edns = true};
  query.question = {.name = DnsName(name).value_or(""), .type = 1};
  query.asked = query.question.name + std::string("\0\x01\0\x01", 4);
  return query;
}

void Put(DnsCache& cache, const DnsQuery& query, const std::string& bytes, DnsCache::Time now) {
  const auto reply = ParseDnsReply(bytes);
  REQUIRE(reply.ok());
  cache.Put(query, bytes, *reply, now);
}

std::string Answer(const DnsQuery& query, std::uint32_t ttl) {
  return DnsAddresses(query, {std::string(4, '\x0a')}, ttl);
}

}  // namespace

TEST_CASE("dns cache: a reply holds as long as it says, and tells what is left of that") {
  DnsCache cache;
  const DnsQuery query = Query("a");
  Put(cache, query, Answer(query, 60), 100s);
  const auto known = cache.Get(query, kMostDnsBytes, 150s);
  REQUIRE(known.has_value());
  CHECK(ParseDnsReply(*known)->ttl == 10);
  CHECK_FALSE(cache.Get(Query("b"), kMostDnsBytes, 150s).has_value());
  CHECK_FALSE(cache.Get(query, kMostDnsBytes, 160s).has_value());
  CHECK(cache.size() == 0);
}

TEST_CASE("dns cache: that there is nothing is kept for ten seconds; failures are not kept") {
  DnsCache cache;
  const DnsQuery query = Query("a");
  Put(cache, query, DnsFailure(query, DnsCode::kNoName), 0s);
  CHECK(cache.Get(query, kMostDnsBytes, 9s).has_value());
  CHECK_FALSE(cache.Get(query, kMostDnsBytes, 10s).has_value());
  Put(cache, query, DnsFailure(query, DnsCode::kServer), 0s);
  Put(cache, query, Answer(query, 0), 0s);
  CHECK(cache.size() == 0);
}

TEST_CASE("dns cache: there is an end to what it keeps; what is used stays") {
  DnsCache cache;
  const DnsQuery used = Query("used");
  Put(cache, used, Answer(used, 600), 0s);
  for (std::size_t i = 0; i < DnsCache::kMostReplies + 10; ++i) {
    const DnsQuery query = Query(std::format("n{}", i));
    Put(cache, query, Answer(query, 600), 0s);
    CHECK(cache.Get(used, kMostDnsBytes, 1s).has_value());
  }
  CHECK(cache.size() == DnsCache::kMostReplies);
  CHECK_FALSE(cache.Get(Query("n0"), kMostDnsBytes, 1s).has_value());
  cache.Clear();
  CHECK_FALSE(cache.Get(used, kMostDnsBytes, 1s).has_value());
}

}  // namespace ichor::networkd
