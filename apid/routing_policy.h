// Where a call goes, and what of its metadata goes with it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::apid {

// Names and values as rpc::Metadata.
using Headers = std::vector<std::pair<std::string, std::string>>;

// What tells machined who the client is: "10.0.0.1:4711".
inline constexpr const char* kPeerHeader = "ichor-peer";

struct Route {
  enum class Kind : std::uint8_t {
    kHere,  // to machined
    kOne,   // to `targets`, of which there is one: everything passes unchanged
    kMany,  // to each of `targets`, this node perhaps among them: their replies are merged
  };
  Kind kind = Kind::kHere;
  std::vector<std::string> targets{};  // as the caller names them
};

// What this node knows of itself.
struct Whereabouts {
  std::set<std::string> own;  // its addresses and names
  bool forwards = false;      // it has a certificate to speak for its callers elsewhere
};

// Whether a call says for which nodes it is: only then it matters which names are this one's.
bool NamesNodes(const Headers& headers);

// The route of a call to `path` with these headers. It stays here if it names no node, or this one
// alone by "node", or comes from another apid ("proxyfrom"). InvalidArgument if "node" is there
// more than once, or for a method that cannot be sent to many; PermissionDenied for other nodes if
// this one forwards nothing.
absl::StatusOr<Route> ChooseRoute(std::string_view path, const Headers& headers,
                                  const Whereabouts& here);

// Whether the replies to `path` are a stream, so that those of many nodes are mixed in one stream.
bool IsStreaming(std::string_view path);

// The headers to pass on: those of the call, without what is for us or could pass for ours, and
// `roles` as "talos-role".
Headers HeadersForMachined(const Headers& headers, const std::vector<std::string>& roles);

// The same for apid of another node, which is told that the call came to us as `authority`.
Headers HeadersForNode(const Headers& headers, const std::vector<std::string>& roles,
                       std::string_view authority);

}  // namespace ichor::apid
