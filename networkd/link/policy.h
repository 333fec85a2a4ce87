// Which links shall be up, and which of them run DHCP.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "networkd/layers.h"
#include "networkd/link/names.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::networkd {

// Layer default: the loopback and every physical link is up, except those that the command line
// ignores. Ids: "default/<link>".
absl::StatusOr<Desired<Wished<network::LinkSpec>>> DefaultLinks(
    const All<network::LinkStatus>& links, const All<runtime::KernelCmdline>& cmdline);

// One row per link name: fields of a higher layer replace those of lower ones where they are set.
absl::StatusOr<Desired<network::LinkSpec>> MergeLinks(const All<Wished<network::LinkSpec>>& wishes);

// Layer default: DHCPv4 on every physical link that no layer above the default says anything about
// and the command line does not ignore.
absl::StatusOr<Desired<Wished<network::OperatorSpec>>> DefaultOperators(
    const All<network::LinkStatus>& links, const All<Wished<network::LinkSpec>>& wishes,
    const All<runtime::KernelCmdline>& cmdline);

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
