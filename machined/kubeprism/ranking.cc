#include "machined/kubeprism/ranking.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace ichor {
namespace {

using std::chrono::microseconds;

constexpr int kBestScore = 3;
constexpr std::array kTierBounds = {microseconds(0),       microseconds(100),
                                    microseconds(1000),    microseconds(10'000),
                                    microseconds(100'000), microseconds(1'000'000)};

int TierOf(std::chrono::nanoseconds latency) {
  return static_cast<int>(std::ranges::lower_bound(kTierBounds, latency) - kTierBounds.begin());
}

}  // namespace

void UpstreamRanking::Set(std::vector<Upstream> upstreams) {
  std::vector<Entry> entries;
  for (Upstream& upstream : upstreams) {
    const Entry* const known = Find(upstream);
    entries.push_back(known != nullptr ? *known : Entry{.upstream = std::move(upstream)});
  }
  entries_ = std::move(entries);
}

void UpstreamRanking::Succeed(const Upstream& upstream, std::chrono::nanoseconds latency) {
  if (Entry* const entry = Find(upstream); entry != nullptr) {
    entry->score = std::min(entry->score + 1, kBestScore);
    entry->tier = TierOf(latency);
  }
}

void UpstreamRanking::Fail(const Upstream& upstream) {
  if (Entry* const entry = Find(upstream); entry != nullptr) {
    entry->score = std::max(entry->score - 1, -kBestScore);
  }
}

std::vector<Upstream> UpstreamRanking::Next() {
  const auto rank = [](const Entry& entry) { return std::pair(!entry.IsUsable(), entry.tier); };
  std::vector<Entry> ranked = entries_;
  std::ranges::stable_sort(ranked, {}, rank);
  if (!ranked.empty()) {
    const auto best = std::ranges::equal_range(ranked, rank(ranked.front()), {}, rank);
    std::ranges::rotate(best, best.begin() + static_cast<std::ptrdiff_t>(turn_++ % best.size()));
  }
  std::vector<Upstream> order;
  std::ranges::transform(ranked, std::back_inserter(order), &Entry::upstream);
  return order;
}

std::vector<Upstream> UpstreamRanking::All() const {
  std::vector<Upstream> all;
  std::ranges::transform(entries_, std::back_inserter(all), &Entry::upstream);
  return all;
}

bool UpstreamRanking::IsHealthy() const {
  return std::ranges::any_of(entries_, &Entry::IsUsable);
}

UpstreamRanking::Entry* UpstreamRanking::Find(const Upstream& upstream) {
  const auto found = std::ranges::find(entries_, upstream, &Entry::upstream);
  return found != entries_.end() ? &*found : nullptr;
}

}  // namespace ichor
