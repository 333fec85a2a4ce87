#include "ichorctl/nodes/node_flags.h"

#include <iterator>
#include <utility>

namespace ichor::ctl {

std::vector<Flag> WithNodeFlags(const SharedNodeFlags& flags, Maintenance maintenance,
                                std::vector<Flag> others) {
  std::vector<Flag> all = {{.name = "nodes",
                            .letter = 'n',
                            .value = "NODE",
                            .help = "the nodes that are meant, instead of those of the context",
                            .target = &flags->nodes,
                            .split = true},
                           {.name = "endpoints",
                            .letter = 'e',
                            .value = "ADDRESS",
                            .help = "where the API is reached, instead of the context's endpoints",
                            .target = &flags->endpoints,
                            .split = true},
                           {.name = "cluster",
                            .letter = 'c',
                            .value = "CLUSTER",
                            .help = "the cluster to connect to, behind a proxy for several",
                            .target = &flags->cluster}};
  if (maintenance == Maintenance::kYes) {
    all.push_back({.name = "insecure",
                   .letter = 'i',
                   .help = "for a node in maintenance mode: asks it directly, whoever it is",
                   .target = &flags->insecure});
    all.push_back({.name = "cert-fingerprint",
                   .value = "FINGERPRINT",
                   .help = "with --insecure: asks only a node with this certificate",
                   .target = &flags->fingerprints,
                   .split = true});
  }
  std::ranges::move(others, std::back_inserter(all));
  return all;
}

}  // namespace ichor::ctl
