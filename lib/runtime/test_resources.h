// Small resources for tests: their specs are short texts, their kind is test/Things.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/resource/resource.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"

namespace ichor {

// The type test/`type`, written by one owner or by many.
TypeRef TestType(std::string_view type, Writers writers = Writers::kOne);

// A resource of test/Things, not yet in a state.
Resource Thing(std::string_view id, std::string_view text = "");

// A row with a text for a spec.
DesiredRow TestRow(std::string_view id, std::string_view text = "");

// The text of a spec that the functions above made.
std::string_view TextOf(const Resource& resource);

// "a=1(owner) b=2(owner, tearingDown)".
std::string Show(const std::vector<ResourcePtr>& resources);

}  // namespace ichor
