// What systemd-boot says of what it can boot: systemd.io/BOOT_LOADER_INTERFACE.
#pragma once

#include <cstddef>
#include <span>

#include "lib/early/text.h"

namespace ichor::stage1 {

// The entry of a slot in the contents of LoaderEntries (UTF-16 names, a zero behind each): the
// greatest one of "ichor-<digits>-<slot>.efi", with or without a counter, in any case of letters.
// Empty if there is none.
early::Text<128> FindEntry(std::span<const std::byte> entries, char slot);

}  // namespace ichor::stage1
