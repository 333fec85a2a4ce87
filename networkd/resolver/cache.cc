#include "networkd/resolver/cache.h"

#include <algorithm>
#include <format>
#include <utility>

namespace ichor::networkd {
namespace {

// What may be answered differently is kept apart.
std::string KeyOf(const DnsQuery& query) {
  return std::format("{} {} {}{}{}{}", query.question.type, query.question.cls,
                     query.recursion ? 'r' : '-', query.unchecked ? 'u' : '-',
                     query.dnssec ? 'd' : '-', query.question.name);
}

bool IsKept(const DnsReply& reply) {
  return !reply.truncated && (reply.code == DnsCode::kOk || reply.code == DnsCode::kNoName);
}

}  // namespace

void DnsCache::Put(const DnsQuery& query, const std::string& bytes, const DnsReply& reply,
                   Time now) {
  if (!IsKept(reply)) return;
  std::chrono::seconds holds{reply.ttl.value_or(0)};
  if (reply.negative) holds = std::max(holds, kShortestNegative);
  if (holds <= std::chrono::seconds(0)) return;
  std::string key = KeyOf(query);
  if (const auto old = by_key_.find(key); old != by_key_.end()) Remove(old->second);
  entries_.push_front({.key = key,
                       .bytes = bytes,
                       .reply = reply,
                       .heard = now,
                       .ends = now + std::min(holds, kLongest)});
  bytes_ += bytes.size();
  by_key_[std::move(key)] = entries_.begin();
  while (entries_.size() > kMostReplies || bytes_ > kMostBytes)
    Remove(std::prev(entries_.end()));
}

std::optional<std::string> DnsCache::Get(const DnsQuery& query, std::size_t room, Time now) {
  const auto found = by_key_.find(KeyOf(query));
  if (found == by_key_.end()) return std::nullopt;
  const Entries::iterator entry = found->second;
  if (now >= entry->ends) {
    Remove(entry);
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - entry->heard);
  return DnsAnswerTo(query, entry->bytes, entry->reply, static_cast<std::uint32_t>(age.count()),
                     room);
}

void DnsCache::Clear() {
  entries_.clear();
  by_key_.clear();
  bytes_ = 0;
}

void DnsCache::Remove(Entries::iterator entry) {
  bytes_ -= entry->bytes.size();
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace ichor::networkd
