// Where the client's config is on this machine.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ichorctl/cli/session.h"
#include "lib/pki/cluster/client_config.h"

namespace ichor::ctl {

// Flags of every command that say which cluster is meant.
struct ClientFlags {
  std::string config_path;  // --talosconfig
  std::string context;      // --context; the current one if empty
};

// The file: the flag, $ICHORCONFIG, $TALOSCONFIG, $TALOS_HOME/config, ~/.talos/config, or what a
// pod is given if only that is there. NotFound without any of the variables and without $HOME.
absl::StatusOr<std::string> ClientConfigPath(const Session& session, const ClientFlags& flags);

// A file that is not there is a config without contexts. Errors name the file. Blocks.
absl::StatusOr<pki::ClientConfig> LoadClientConfig(Session& session, const ClientFlags& flags);

// Replaces the file, for its owner alone; makes its directory, for its owner alone. Blocks.
absl::Status SaveClientConfig(Session& session, const ClientFlags& flags,
                              const pki::ClientConfig& config);

}  // namespace ichor::ctl
