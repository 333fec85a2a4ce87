// What says that networkd made something in the kernel. All else is left alone.
#pragma once

#include <cstdint>

namespace ichor::networkd {

// The protocol of our routes (rtm_protocol) and addresses (IFA_PROTO): free in rt_protos of
// iproute2 and in the kernel's headers.
constexpr std::uint8_t kOurProtocol = 0x49;

// The group of our links (IFLA_GROUP; 0 is everybody's).
constexpr std::uint32_t kOurGroup = 0x49;

}  // namespace ichor::networkd
