// What nodes have below a path, by the method Copy.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "ichorctl/fetch/tar_reader.h"
#include "ichorctl/nodes/nodes.h"

namespace ichor::ctl {

// Gives `sink` all below the absolute `path` of the nodes. Errors of the call, of the sink, and
// DataLoss for what is no compressed archive.
absl::Status CopyTree(Nodes& nodes, const std::string& path, TarSink& sink);

}  // namespace ichor::ctl
