// Who we are for a node, and how we know that it is the right one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichorctl/cli/session.h"
#include "ichorctl/nodes/node_flags.h"
#include "lib/base/clock.h"
#include "lib/rpc/metadata.h"
#include "lib/rpc/roles.h"
#include "lib/rpc/tls.h"

namespace ichor::ctl {

struct Access {
  bool insecure = false;
  std::string context;                 // its name; empty if insecure
  std::vector<std::string> endpoints;  // where the API is; the nodes themselves if insecure
  std::vector<std::string> nodes;      // which are meant; one at least
  std::string cluster;                 // for a proxy; may be empty
  rpc::TlsClientOptions tls;           // without the server's name
  rpc::Roles roles;                    // those of our certificate
  std::optional<base::WallTime> certificate_ends;
};

// As flags and client config say. InvalidArgument, NotFound: what is missing, and where to put it.
// Blocks.
absl::StatusOr<Access> AccessOf(Session& session, const NodeFlags& flags);

// What goes with calls that are about `node`.
rpc::Metadata MetadataOf(const Access& access, const std::string& node);

}  // namespace ichor::ctl
