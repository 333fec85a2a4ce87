#include "bench/small_resources.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <random>

namespace ichor::bench {

std::shared_ptr<const Kind> SmallKind() {
  return std::make_shared<const Kind>(
      Kind{.ns = "network", .type = "Measurements.bench.ichor.dev"});
}

std::vector<std::string> Ids(size_t count) {
  std::vector<std::string> ids;
  ids.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    ids.push_back(std::format("eth{:03}/10.{:03}.{:03}.0/24", i % 512, i / 256, i % 256));
  }
  return ids;
}

std::vector<std::string> Shuffled(const std::vector<std::string>& ids, std::uint64_t seed) {
  std::vector<const std::string*> order;
  order.reserve(ids.size());
  std::ranges::transform(ids, std::back_inserter(order), [](const std::string& id) { return &id; });
  std::ranges::shuffle(order, std::mt19937_64(seed));
  std::vector<std::string> shuffled;
  shuffled.reserve(ids.size());
  std::ranges::transform(order, std::back_inserter(shuffled),
                         [](const std::string* id) { return *id; });
  return shuffled;
}

Resource SmallDraft(const std::shared_ptr<const Kind>& kind, const std::string& id) {
  Resource draft;
  draft.metadata.kind = kind;
  draft.metadata.id = id;
  draft.spec = SpecData::Opaque(std::string(kSpecBytes, 's'), "");
  return draft;
}

}  // namespace ichor::bench
