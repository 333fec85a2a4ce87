// What tells one way to start a process from another.
#pragma once

#include <cstdint>

#include "ichor/service.resources.h"

namespace ichor {

// A number of the parameters, never 0: the same for equal ones in every process of this build, and
// hardly ever for others.
std::uint64_t FingerprintOf(const services::ProcessSpec::Spec& process);

}  // namespace ichor
