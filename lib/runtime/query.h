// Which resources a list or a watch wants: labels and ids. Semantics as the COSI state service
// defines them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/resource/metadata.h"

namespace re2 {
class RE2;
}

namespace ichor {

// One condition on one label. A missing label makes kExists, kEqual and kIn false (true if
// inverted); the four comparisons never match it, inverted or not.
struct LabelTerm {
  enum class Operator : std::uint8_t {
    kExists,
    kEqual,
    kIn,
    kLess,
    kLessOrEqual,
    kLessNumeric,
    kLessOrEqualNumeric
  };

  std::string key;
  Operator op = Operator::kExists;
  // kIn: any of these. kEqual and the comparisons: exactly one. Numeric ones take a unit: "10Mi",
  // "5 G".
  std::vector<std::string> values;
  bool invert = false;
};

// All terms must hold; none holds for every resource.
using LabelQuery = std::vector<LabelTerm>;

// Immutable; cheap to copy; any thread may use it.
class Query {
 public:
  // Matches everything.
  Query() = default;

  // Matches a resource whose labels fulfil one of `labels` (none: any) and whose id contains a
  // match of the RE2 expression `id_expression` (empty: any). InvalidArgument for an expression
  // that does not compile or is too large, for a term without the value that its operator needs,
  // and for more than 1,000 terms together.
  static absl::StatusOr<Query> Create(std::vector<LabelQuery> labels,
                                      std::string_view id_expression);

  bool Matches(const Metadata& metadata) const;
  bool MatchesEverything() const { return labels_ == nullptr && id_ == nullptr; }

 private:
  std::shared_ptr<const std::vector<LabelQuery>> labels_;  // null: any
  std::shared_ptr<const re2::RE2> id_;                     // null: any
};

}  // namespace ichor
