// Asking the loader for the other slot, once: what is left to do when the slot that runs cannot be
// read. systemd-boot is told by its variable LoaderEntryOneShot, GRUB by an environment block in
// the last KiB of the partition BIOS. How often that happened since a slot last came up is kept
// there too, so that two slots that cannot be read do not send each other in for ever.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/early/text.h"

namespace ichor::early {

inline constexpr std::uint64_t kMostAsks = 3;

// Where to ask for which slot. As text: "B uefi ichor-000002-b.efi", "B grub /dev/vda2".
struct OtherSlot {
  Text<4> slot;     // empty: there is no other slot
  Text<8> loader;   // uefi, grub
  Text<128> where;  // systemd-boot: the entry; GRUB: the device of the partition

  bool IsThere() const { return !slot.empty(); }
};

OtherSlot ParseOtherSlot(std::string_view line);
Text<160> ToText(const OtherSlot& other);

// How often the loader was asked since a slot last came up. 0 if nothing is kept, or it cannot be
// read.
std::uint64_t ReadAsks(const OtherSlot& other);

// Asks the loader to boot the other slot next time, and counts that. 0 or an errno. Blocks until it
// is written.
int AskFor(const OtherSlot& other);

// A slot came up: as if nobody had asked. 0 or an errno. Writes nothing if nobody had.
int ForgetAsks(const OtherSlot& other);

}  // namespace ichor::early
