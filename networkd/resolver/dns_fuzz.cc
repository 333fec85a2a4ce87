// Any bytes as a DNS message: a question to the node's resolver, or a server's reply to one.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/absl_check.h"
#include "networkd/resolver/cache.h"
#include "networkd/resolver/message.h"

namespace ichor::networkd {
namespace {

void HearQuery(std::string_view bytes) {
  const auto query = ParseDnsQuery(bytes);
  if (!query.ok()) {
    DnsFailure(bytes, DnsCode::kFormat);
    return;
  }
  ABSL_CHECK(query->room >= kPlainDnsBytes && query->room <= kMostDnsBytes);
  const auto again = ParseDnsQuery(EncodeDnsQuery(*query));
  ABSL_CHECK(again.ok() && again->question == query->question);
  const auto failure = ParseDnsReply(DnsFailure(*query, DnsCode::kServer));
  ABSL_CHECK(failure.ok() && failure->question == query->question);
}

void HearReply(std::string_view bytes) {
  const auto reply = ParseDnsReply(bytes);
  if (!reply.ok()) return;
  DnsQuery query;
  query.id = 7;
  query.question = reply->question;
  const std::string asked = EncodeDnsQuery(query);
  query.asked = asked.substr(12, reply->question.name.size() + 4);
  for (const std::size_t place : reply->ttl_places)
    ABSL_CHECK(place + 4 <= bytes.size());
  DnsCache cache;
  cache.Put(query, std::string(bytes), *reply, std::chrono::seconds(1));
  const auto known = cache.Get(query, kPlainDnsBytes, std::chrono::seconds(2));
  if (!known.has_value()) return;
  ABSL_CHECK(known->size() <= kPlainDnsBytes);
  const auto answer = ParseDnsReply(*known);
  ABSL_CHECK(answer.ok() && answer->id == 7 && answer->question == query.question);
}

}  // namespace
}  // namespace ichor::networkd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ichor::networkd::HearQuery(bytes);
  ichor::networkd::HearReply(bytes);
  ichor::networkd::DnsName(bytes);
  return 0;
}
