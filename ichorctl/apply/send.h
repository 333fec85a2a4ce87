// Gives a config to nodes, and shows what they say about it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ichorctl/cli/command.h"
#include "ichorctl/nodes/nodes.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {

// How a config is applied.
struct Manner {
  std::string mode = "auto";
  bool dry_run = false;
  std::string timeout = "1m0s";  // of the mode "try"
};

// The words that say what is changed: of all resources, a config alone can be.
std::vector<Argument> MachineConfigArguments();
// --namespace, for scripts: there is one config, whatever it says.
Flag NamespaceFlag(std::string& target);

// --mode, --dry-run and --timeout.
std::vector<Flag> MannerFlags(Manner& manner);

// InvalidArgument for a time that is none.
absl::StatusOr<machine::ApplyConfigurationRequest> RequestOf(const Manner& manner,
                                                             const std::string& config);

// Warnings and what happens next, on standard error; of which node, if there are `several`.
void ShowResult(Session& session, bool several, const std::string& node,
                const machine::ApplyConfiguration& result);

// Gives `config` to one of the nodes. Errors as Nodes::CallOne.
absl::Status SendConfig(Session& session, Nodes& nodes, const std::string& node,
                        const Manner& manner, const std::string& config);

}  // namespace ichor::ctl
