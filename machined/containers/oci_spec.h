// The OCI runtime spec of a container of ours. See config.md of the OCI runtime specification.
#pragma once

#include <string>
#include <vector>

#include "ichor/service.resources.h"

namespace ichor {

// For a process in a container, as JSON; `environment` is the image's, before that of the process.
// The same text for the same parameters.
std::string OciSpec(const ichor::definitions::ProcessParameters& process,
                    const std::vector<std::string>& environment);

}  // namespace ichor
