// What is left of a volume that fills up.
#pragma once

#include <cstdint>

#include "lib/runtime/rows.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {

struct Space {
  std::uint64_t size_bytes = 0;
  std::uint64_t available_bytes = 0;
};

// Row `ephemeral-full` when less is left of EPHEMERAL than a twentieth, or a GB if that is less. It
// changes when there is more to say, not with each byte.
Desired<runtime::Diagnostic> DiagnoseSpace(const Space& space);

}  // namespace ichor
