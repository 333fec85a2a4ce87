// What is left to do when the slot cannot be read.
#pragma once

#include "lib/early/console.h"
#include "lib/early/slot_request.h"
#include "stage1/facts.h"
#include "stage1/system_disk.h"

namespace ichor::stage1 {

// What the boot found out, for its end.
struct SlotState {
  bool on_disk = false;    // there is a slot: the boot is not from RAM media
  bool on_trial = false;   // the loader counts tries of the slot
  early::OtherSlot other;  // none unless there are a root and a loader's entry for it
};

// How to ask for slot `other` ("A" or "B"): as the loader's entry under UEFI, else in the BIOS
// partition. None if the other root does not begin with a slot's header.
early::OtherSlot FindOtherSlot(const SystemDisk& system, char other);

// Writes what init needs to know: `other`, and `asks` if the loader was asked since a slot last
// came up.
void WriteFacts(const SlotState& state, const BootFacts& facts);

// Asks the loader for the other slot, if that is of use: not in a slot on trial, whose tries the
// loader counts, and not if it was asked too often already. Says what it does. The machine must
// restart afterwards.
void AskForOtherSlot(const SlotState& state, const early::Console& console);

}  // namespace ichor::stage1
