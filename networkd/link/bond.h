// What a bond shall have, in the kernel's numbers. See Documentation/networking/bonding.rst of the
// kernel.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "lib/sys/link_settings.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor::networkd {

using BondSpec = talos::resource::definitions::network::BondMasterSpec;

// Everything that a bond of this spec has once the kernel has taken it: what the spec leaves open
// has the kernel's default. Without what its mode does not know. `index_of` gives the index of a
// link, 0 if it is not there.
sys::BondSettings WantedBond(const BondSpec& spec,
                             const std::function<std::uint32_t(std::string_view)>& index_of);

// What of `wanted` a bond with `present` lacks. A new one has nothing: its mode is always named.
sys::BondSettings BondDifference(const sys::BondSettings& wanted, const sys::BondSettings& present);

// Whether the kernel takes such a change only while the bond is down.
bool NeedsBondDown(const sys::BondSettings& change);

// Whether it takes it only from a new bond, or one without members.
bool NeedsNewBond(const sys::BondSettings& change);

// The other way round: a bond as the kernel shows it.
BondSpec BondStatus(const sys::BondSettings& settings,
                    const std::function<std::string(std::uint32_t)>& name_of);

}  // namespace ichor::networkd
