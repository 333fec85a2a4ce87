// How many owners may write the rows of a resource type.
#pragma once

#include <cstdint>

namespace ichor {

enum class Writers : std::uint8_t {
  kOne,   // one owner writes all rows
  kMany,  // each owner has a part of its own; a reconciler merges the parts
};

}  // namespace ichor
