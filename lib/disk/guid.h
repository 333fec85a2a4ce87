// The identities of disks, partitions and what partitions are for.
#pragma once

#include <string>
#include <string_view>

#include "lib/early/gpt.h"

namespace ichor::disk {

using early::Guid;

// A random GUID (version 4, RFC 9562) of the kernel's randomness.
Guid RandomGuid();

// "c12a7328-f81f-11d2-ba4b-00a0c93ec93b".
std::string ToText(const Guid& guid);

// A GUID that is spelled in the source.
Guid KnownGuid(std::string_view text);

}  // namespace ichor::disk
