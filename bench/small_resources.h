// The resources that the store is measured with: an id of some 20 characters, a spec of 100 bytes
// of no known type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/resource/resource.h"

namespace ichor::bench {

inline constexpr size_t kSpecBytes = 100;

std::shared_ptr<const Kind> SmallKind();

// `count` different ids.
std::vector<std::string> Ids(size_t count);

// Copies in an order that `seed` decides, one after the other in memory: the caller's side costs no
// cache misses.
std::vector<std::string> Shuffled(const std::vector<std::string>& ids, std::uint64_t seed);

// The row `id` with a spec of its own, as it comes from a client.
Resource SmallDraft(const std::shared_ptr<const Kind>& kind, const std::string& id);

}  // namespace ichor::bench
