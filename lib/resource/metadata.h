// What every resource has beside its spec.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "lib/base/clock.h"

namespace ichor {

// A namespace and a type: which collection of the state a resource is in. The namespace "network"
// and the type "HostnameStatuses.net.talos.dev", for example.
struct Kind {
  std::string ns;
  std::string type;
  auto operator<=>(const Kind&) const = default;
};

// "network/HostnameStatuses.net.talos.dev", for messages.
std::string ToString(const Kind& kind);

// A resource that is being torn down stays visible until its finalizers are gone.
enum class Phase : std::uint8_t { kRunning, kTearingDown };

// As on the wire: "running" or "tearingDown".
std::string_view ToString(Phase phase);

// Labels or annotations, sorted by key.
using Labels = absl::btree_map<std::string, std::string, std::less<>>;

struct Metadata {
  std::shared_ptr<const Kind>
      kind;  // shared by all resources of a collection; never null in a resource
  std::string id;
  std::string owner;          // who may change it; empty: anybody
  std::uint64_t version = 0;  // counts the writes, from 1; 0: "undefined", not in a state yet
  Phase phase = Phase::kRunning;
  base::WallTime created;
  base::WallTime updated;
  std::vector<std::string> finalizers;  // who must let go before it is destroyed; no duplicates
  Labels labels;
  Labels annotations;
};

// "HostnameStatuses.net.talos.dev(network/hostname@3)": how messages name a resource.
std::string ToString(const Metadata& metadata);

}  // namespace ichor
