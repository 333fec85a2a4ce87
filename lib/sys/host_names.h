// Names of hosts, as this machine's /etc/hosts and /etc/resolv.conf know them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::sys {

// The addresses of `host` in text, "10.0.0.1" or "fd00::1"; of an address itself. NotFound says why
// there is none. Blocks for ten seconds at most.
absl::StatusOr<std::vector<std::string>> AddressesOfHost(const std::string& host);

}  // namespace ichor::sys
