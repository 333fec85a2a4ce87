// Which API server the next connection goes to.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ichor {

// Where an API server may be.
struct Upstream {
  std::string host;  // a name or an address
  std::uint16_t port = 0;

  auto operator<=>(const Upstream&) const = default;
};

// Ranks API servers by what checks found: those that answer before those that do not, near ones
// before far ones, and those that are equally near by turns. "Near" is one of seven tiers, whose
// bounds are 0.1, 1, 10, 100 ms and 1 s. A score of -3 to +3 is raised by every check that went
// well and lowered by every other; one of 0 or more is usable, and each begins with +1. Knows no
// sockets.
class UpstreamRanking {
 public:
  // Who is there from now on. One that stays keeps what is known of it.
  void Set(std::vector<Upstream> upstreams);

  // What a check of `upstream` found: it answered after `latency`, or did not. One that is not
  // there any more is ignored.
  void Succeed(const Upstream& upstream, std::chrono::nanoseconds latency);
  void Fail(const Upstream& upstream);

  // In the order in which a connection tries them; each call begins with another of the best. Those
  // that are not usable are last: one may have come up since its last check.
  std::vector<Upstream> Next();

  std::vector<Upstream> All() const;
  // Whether any is usable.
  bool IsHealthy() const;

 private:
  struct Entry {
    Upstream upstream;
    int score = 1;
    int tier = 0;

    bool IsUsable() const { return score >= 0; }
  };
  Entry* Find(const Upstream& upstream);

  std::vector<Entry> entries_;
  std::size_t turn_ = 0;
};

}  // namespace ichor
