// TCP connections to this machine itself.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"

namespace ichor::sys {

// A connection to 127.0.0.1 that is being made, non-blocking. When it is writable (EPOLLOUT),
// ConnectResult says what became of it. See connect(2), EINPROGRESS.
absl::StatusOr<base::UniqueFd> StartConnectLoopback(std::uint16_t port);

// OK if the connection stands; Unavailable with the reason if it was refused.
absl::Status ConnectResult(int fd);

}  // namespace ichor::sys
