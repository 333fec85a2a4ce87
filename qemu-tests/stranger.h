// Somebody who speaks no TLS to a port that does.
#pragma once

#include <cstdint>

#include "absl/status/status.h"

namespace ichor::qemu {

// Says something to 127.0.0.1:`port` and blocks until the other end closes, at most a minute.
absl::Status TalkNonsense(std::uint16_t port);

}  // namespace ichor::qemu
