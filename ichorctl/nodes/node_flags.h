// The flags of every command that talks to nodes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ichorctl/cli/command.h"
#include "ichorctl/files/client_config_file.h"

namespace ichor::ctl {

struct NodeFlags {
  std::shared_ptr<const ClientFlags> client;  // which context
  std::vector<std::string> nodes;             // --nodes; those of the context if empty
  std::vector<std::string> endpoints;         // --endpoints; those of the context if empty
  std::string cluster;                        // --cluster: for proxies
  bool insecure = false;                      // --insecure
  std::vector<std::string> fingerprints;      // --cert-fingerprint
};

// One for all commands: a process runs one.
using SharedNodeFlags = std::shared_ptr<NodeFlags>;

// Whether a command may be used with a node in maintenance mode, which shows nobody's certificate.
enum class Maintenance : std::uint8_t { kNo, kYes };

// `flags` as a command has them, with its own `others` behind them.
std::vector<Flag> WithNodeFlags(const SharedNodeFlags& flags, Maintenance maintenance,
                                std::vector<Flag> others = {});

}  // namespace ichor::ctl
