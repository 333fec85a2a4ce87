// JSON patch: RFC 6902, over RFC 6901's pointers, on YAML trees.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/config/yaml.h"

namespace ichor::config {

struct JsonOperation {
  enum class Op : std::uint8_t { kAdd, kRemove, kReplace, kMove, kCopy, kTest };

  Op op = Op::kAdd;
  std::vector<std::string> path{};
  std::vector<std::string> from{};  // of move and copy
  Node value{};                     // of add, replace and test
  const Source* source = nullptr;
  std::uint32_t begin = 0;  // of the operation
};

struct JsonPatch {
  SourcePtr source;
  std::vector<JsonOperation> operations{};
};

// Takes a list of operations. Findings: unknown operations, missing members, pointers that are
// none.
JsonPatch MakeJsonPatch(SourcePtr source, const Node& list, Findings& findings);

// Applies the operations in order; at the first that does not fit, InvalidArgument, and `root` is
// half changed.
absl::Status Apply(const JsonPatch& patch, Node& root);

}  // namespace ichor::config
