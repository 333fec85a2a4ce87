// What WireGuard of a link shall have, and what it has.
#pragma once

#include "absl/status/statusor.h"
#include "lib/sys/wireguard.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor::networkd {

using WireguardSpec = talos::resource::definitions::network::WireguardSpec;

// InvalidArgument names the key, endpoint or network that is none; it does not repeat keys.
absl::StatusOr<sys::WireguardSettings> WantedWireguard(const WireguardSpec& spec);

// What a link with `present` lacks. A port or an endpoint that is not wanted may be any; a peer
// that stays as it is, is not touched.
sys::WireguardChange WireguardDifference(const sys::WireguardSettings& wanted,
                                         const sys::WireguardSettings& present);

// What may be shown of it: without private and preshared keys.
WireguardSpec WireguardStatus(const sys::WireguardSettings& settings);

// Gives the link what it lacks; asks the kernel for nothing if that is nothing.
absl::Status ApplyWireguard(const WireguardSpec& spec, std::uint32_t link,
                            sys::Wireguard& wireguard);

}  // namespace ichor::networkd
