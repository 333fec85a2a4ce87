// How far a word is from another one.
#pragma once

#include <cstddef>
#include <string_view>

namespace ichor::base {

// How many letters have to be put in, left out, replaced or swapped with their neighbour to make
// one word of the other. Bytes count, and case does not if `ignore_case`. Takes time with the
// product of the lengths.
size_t EditDistance(std::string_view one, std::string_view other, bool ignore_case = false);

}  // namespace ichor::base
