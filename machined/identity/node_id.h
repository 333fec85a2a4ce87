// What a node is called by all machines of its cluster, for as long as its disk lives.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor {

inline constexpr size_t kNodeIdBytes = 32;

// `bytes`, of which there are kNodeIdBytes, as 43 digits of base 62: 0-9, A-Z, a-z.
std::string ToNodeId(std::string_view bytes);

// The bytes of a node id. InvalidArgument if it is none.
absl::StatusOr<std::string> NodeIdBytes(std::string_view node_id);

// What machine-id(5) holds on this node: the first half of its id's bytes, 32 digits of base 16.
// InvalidArgument if `node_id` is none.
absl::StatusOr<std::string> MachineIdOf(std::string_view node_id);

}  // namespace ichor
