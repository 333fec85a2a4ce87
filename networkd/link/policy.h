// Which links shall be up, and which of them run DHCP.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/network.resources.h"
#include "lib/runtime/rows.h"
#include "networkd/layers.h"
#include "networkd/link/names.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::networkd {

using ConfigurationRows = All<network::NetworkConfiguration>;

// Layer default: the loopback and every physical link is up, except those that the command line or
// the config ignores. Ids: "default/<link>". See NotConfiguredYet.
absl::StatusOr<Desired<Wished<network::LinkSpec>>> DefaultLinks(
    const All<network::LinkStatus>& links, const All<runtime::KernelCmdline>& cmdline,
    const ConfigurationRows& configuration);

// One row per link name: fields of a higher layer replace those of lower ones where they are set.
absl::StatusOr<Desired<network::LinkSpec>> MergeLinks(const All<Wished<network::LinkSpec>>& wishes);

// Layer default: DHCPv4 on every physical link that no layer above the default says anything about
// and neither the command line nor the config ignores; none if the config wants no such default.
// See NotConfiguredYet.
absl::StatusOr<Desired<Wished<network::OperatorSpec>>> DefaultOperators(
    const All<network::LinkStatus>& links, const All<Wished<network::LinkSpec>>& wishes,
    const All<runtime::KernelCmdline>& cmdline, const ConfigurationRows& configuration);

// The highest layer per operator. Ids: "<operator>/<link>".
absl::StatusOr<Desired<network::OperatorSpec>> MergeOperators(
    const All<Wished<network::OperatorSpec>>& wishes);

// "dhcp4/eth0"
std::string OperatorId(const network::OperatorSpec::Spec& spec);

// The MTU and state that a link lacks.
struct LinkStep {
  std::string id;  // of the LinkSpec
  ResolvedLink link;
  bool bring_up = false;
  bool bring_down = false;
  std::uint32_t mtu = 0;  // 0: as it is
  bool missing = false;   // there is no such link now
};
std::vector<LinkStep> PlanLinks(const All<network::LinkSpec>& desired, const Links& observed);

}  // namespace ichor::networkd
