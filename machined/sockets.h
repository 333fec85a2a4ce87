// The unix sockets of machined: who may ask for what.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop.h"
#include "lib/state/handlers.h"
#include "lib/sys/ownership.h"

namespace ichor::machined {

// Listens on `path`, in a directory that is made for it; both belong to `owner`.
absl::StatusOr<std::unique_ptr<rpc::Server>> Listen(Loop& loop, const std::string& path,
                                                    const sys::Ownership& owner);

// What apid may read: its configuration and certificates, the node's names and addresses.
absl::Status AuthorizeApid(state::Access access, std::string_view ns, std::string_view type);

// What trustd may read: its certificate, and the CA with the machine token.
absl::Status AuthorizeTrustd(state::Access access, std::string_view ns, std::string_view type);

// What networkd may do: write all of the network but what machined says of it (the name that was
// chosen, what the config says), time, and diagnostics; read that and what else it needs of
// machined.
absl::Status AuthorizeNetworkd(state::Access access, std::string_view ns, std::string_view type);

}  // namespace ichor::machined
