// Strategic merge: a piece of a document into a whole one, by what the description says of each
// field.
#pragma once

#include "absl/status/status.h"
#include "lib/config/description.h"
#include "lib/config/yaml.h"

namespace ichor::config {

// Merges the mapping `right` into the mapping `left`; both have the shape. Scalars replace, unless
// they are zero and the field cannot tell zero from not set; lists are appended, or merged item by
// item where the field has a merge key; mappings are merged key by key; null changes nothing.
// Independent of the order of keys. Views of both sides stay in `left`. InvalidArgument if a value
// of a free mapping would become one of another type; `left` is half merged then.
absl::Status MergeInto(Node& left, const Node& right, const Shape& shape);

}  // namespace ichor::config
