// Which routes shall be, and what of that is missing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "networkd/layers.h"
#include "networkd/link/names.h"

namespace ichor::networkd {

// "[<table>/][<link>/ for IPv6]<family>/<gateway>/<destination>/<priority>", as RouteStatus has it;
// but a route that drops packets is over no link here, where the kernel says the loopback for IPv6.
std::string RouteId(const network::RouteSpec::Spec& spec);

// The highest layer per id.
absl::StatusOr<Desired<network::RouteSpec>> MergeRoutes(
    const All<Wished<network::RouteSpec>>& wishes);

// Whether routes of this type (RTN_*) are over no link: they drop or refuse what they match.
bool DropsPackets(std::uint32_t type);

// A route as plans compare it. Addresses are bytes. One that drops packets has link 0.
struct KernelRoute {
  bool v6 = false;
  std::string destination;
  std::uint32_t prefix_length = 0;
  std::string gateway;
  std::string source;
  std::uint32_t link = 0;
  std::uint32_t table = 0;
  std::uint32_t priority = 0;
  std::uint32_t scope = 0;
  std::uint32_t type = 1;
  std::uint32_t mtu = 0;

  friend bool operator==(const KernelRoute&, const KernelRoute&) = default;
};

// A subnet that is on a link: of an address of it, or of a route without a gateway.
struct Subnet {
  std::uint32_t link = 0;
  std::string address;
  std::uint32_t prefix_length = 0;
};

struct RoutePlan {
  struct Step {
    std::string id;  // of the RouteSpec
    KernelRoute route;
    bool there = false;   // nothing to do
    std::string waiting;  // what has to come first; empty: to be added now
  };
  std::vector<KernelRoute> remove;  // ours, and no longer desired
  std::vector<Step> steps;          // those without a gateway first
};
// `ours` are the kernel's routes with our mark, `subnets` what can be reached without a gateway
// now.
RoutePlan PlanRoutes(const All<network::RouteSpec>& desired, const Links& links,
                     const std::vector<KernelRoute>& ours, std::vector<Subnet> subnets);

}  // namespace ichor::networkd
