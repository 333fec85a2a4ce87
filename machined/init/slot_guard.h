// What init does when a block of the running slot is not what it shall be.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/early/console.h"
#include "lib/early/slot_request.h"
#include "lib/early/uevents.h"
#include "machined/init/poll.h"

namespace ichor::init {

enum class Remedy : std::uint8_t {
  kNone,     // go on: who reads the block gets an error
  kRestart,  // the slot is on trial: the loader counts
  kAsk,      // ask the loader for the other slot, and restart
};

// `asks`: how often the loader was asked since a slot last came up. A slot that runs because it was
// asked for does not ask back: it is the best there is.
Remedy RemedyFor(bool committed, bool has_other, std::uint64_t asks);

// Listens to the kernel's events, of which dm-verity's are looked at.
class SlotGuard {
 public:
  explicit SlotGuard(const early::Console& console) : console_(console) {}

  // Reads what stage 1 left in /system/run/boot, and begins to listen.
  void Open(const Poll& poll);

  // Reads the events that are there. True if the node shall restart because of one.
  bool Read(bool committed);

  // machined runs: the slot has come up.
  void CameUp();

 private:
  bool Repair(bool committed);

  const early::Console& console_;
  early::Uevents events_;
  early::OtherSlot other_;
  std::uint64_t asks_ = 0;
  early::Text<8> slot_;
  bool repaired_ = false;  // what could be done was done
};

}  // namespace ichor::init
