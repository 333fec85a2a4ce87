// Which addresses shall be, and what of that is missing.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "networkd/layers.h"
#include "networkd/link/names.h"

namespace ichor::networkd {

// "eth0/10.0.0.5/24"
std::string AddressId(const network::AddressSpec::Spec& spec);

// Layer default: 127.0.0.1/8 on the loopback.
absl::StatusOr<Desired<Wished<network::AddressSpec>>> DefaultAddresses(
    const All<network::LinkStatus>& links);

// The highest layer per link and prefix, without the flags that only the kernel sets.
absl::StatusOr<Desired<network::AddressSpec>> MergeAddresses(
    const All<Wished<network::AddressSpec>>& wishes);

// An address that the kernel has, as far as plans care.
struct KernelAddress {
  std::uint32_t link = 0;
  std::string address;  // bytes
  std::uint32_t prefix_length = 0;
  bool ours = false;  // has our mark

  friend bool operator==(const KernelAddress&, const KernelAddress&) = default;
};

struct AddressPlan {
  struct Step {
    std::string id;  // of the AddressSpec
    KernelAddress address;
    bool link_missing = false;
    bool there = false;    // nothing to do
    bool foreign = false;  // it is there, but somebody else made it
  };
  std::vector<KernelAddress> remove;  // ours, and no longer desired
  std::vector<Step> steps;            // one per desired row, in their order
};
AddressPlan PlanAddresses(const All<network::AddressSpec>& desired, const Links& links,
                          const std::vector<KernelAddress>& observed);

}  // namespace ichor::networkd
