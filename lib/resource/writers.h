// How many owners may write the rows of a resource type.
#pragma once

namespace ichor {

enum class Writers {
  kOne,   // one owner writes all rows
  kMany,  // each owner has a part of its own; a reconciler merges the parts
};

}  // namespace ichor
