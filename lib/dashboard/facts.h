// What rows say of a node, in words. Pure. What is not known is an empty text or list.
#pragma once

#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dashboard/model.h"

namespace ichor::dashboard {

// A name and what it is: "STAGE", "running".
struct Fact {
  std::string name;
  std::string value;

  bool operator==(const Fact&) const = default;
};

// The hostname, or what the person calls the node.
std::string NameOf(const Model& model);

// The machine: UUID, cluster, stage, whether it is ready, Secure Boot, type.
std::vector<Fact> MachineFacts(const Model& model);

// Versions of Kubernetes' parts that run here; nothing if none does.
std::vector<Fact> KubernetesFacts(const Model& model);

// Addresses, gateways, connectivity, resolvers, time servers.
std::vector<Fact> NetworkFacts(const Model& model);

// "apid", "running"; worst first.
std::vector<Fact> ServiceFacts(const Model& model);

// What is wrong: why Kubernetes does not run, or unmet conditions of being ready, then diagnostics.
std::vector<std::string> Problems(const Model& model);

// "2d3h", "3h4m", "5m": how long ago `since` was; in whole minutes.
std::string Since(base::WallTime since, base::WallTime now);

// "512 B", "1.5 KiB"; `bytes` may be a rate.
std::string Amount(double bytes);

// Printable: what would control a terminal becomes spaces.
std::string Printable(std::string text);

}  // namespace ichor::dashboard
