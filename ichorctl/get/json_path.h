// JSONPath as Kubernetes' clients know it: text with paths in braces. See
// https://kubernetes.io/docs/reference/kubectl/jsonpath/.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/yaml/node.h"

namespace ichor::ctl {

// Immutable.
class JsonPath {
 public:
  // "{.spec.addresses[0]}", "{range .items[*]}{.id}{"\n"}{end}"; a text without braces is one path.
  // Of paths: .key ['key'] [1] [-1] [1:3] [*] .* ..key [?(@.type=="Ready")] and @. InvalidArgument
  // for other text, with what is wrong.
  static absl::StatusOr<JsonPath> Parse(std::string_view text);

  // The text for `value`: what a path finds, with blanks between; nothing if it finds nothing.
  // Scalars as they are, others as JSON on one line.
  std::string Evaluate(const yml::Node& value) const;

  struct Step;
  struct Piece;

 private:
  std::shared_ptr<const std::vector<Piece>> pieces_;
};

}  // namespace ichor::ctl
