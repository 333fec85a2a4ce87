// Replies that were heard, for as long as they hold. No clock: time is an argument.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "networkd/resolver/message.h"

namespace ichor::networkd {

class DnsCache {
 public:
  // Since boot.
  using Time = std::chrono::nanoseconds;
  // Replies that say that there is nothing are kept this long at least.
  static constexpr std::chrono::seconds kShortestNegative{10};
  static constexpr std::chrono::seconds kLongest{3600};
  static constexpr std::size_t kMostReplies = 1024;
  static constexpr std::size_t kMostBytes = 512 << 10;

  // Keeps a reply to `query`, if it holds for a while. Those that were not used for longest go when
  // there are too many.
  void Put(const DnsQuery& query, const std::string& bytes, const DnsReply& reply, Time now);

  // The reply to `query` in at most `room` bytes, as it would be now.
  std::optional<std::string> Get(const DnsQuery& query, std::size_t room, Time now);

  void Clear();
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    std::string bytes;
    DnsReply reply;
    Time heard{0};
    Time ends{0};
  };
  using Entries = std::list<Entry>;

  void Remove(Entries::iterator entry);

  Entries entries_;  // the one used last in front
  std::map<std::string, Entries::iterator, std::less<>> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace ichor::networkd
