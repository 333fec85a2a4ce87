// What init does when a block of the running slot is not what it shall be.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/early/console.h"
#include "lib/early/fd.h"
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

// Listens to the kernel's events, of which dm-verity's are looked at. What the loader is told is
// written by a child: a disk or a firmware that hangs does not stop init.
class SlotGuard {
 public:
  SlotGuard(const Poll& poll, const early::Console& console) : poll_(poll), console_(console) {}

  // Reads what stage 1 left in /system/run/boot, and begins to listen.
  void Open();

  // Reads the events that are there. True if the node shall restart because of one.
  bool Read(bool committed);

  // The child has an answer. True if the node shall restart, because the loader was asked.
  bool Answered();

  // machined runs: the slot has come up.
  void CameUp();

 private:
  bool Repair(bool committed);
  void Write(int (*what)(const early::OtherSlot&));

  const Poll& poll_;
  const early::Console& console_;
  early::Fd answer_;  // of the child that writes
  early::Uevents events_;
  early::OtherSlot other_;
  std::uint64_t asks_ = 0;
  early::Text<8> slot_;
  bool repaired_ = false;  // what could be done was done
  bool asking_ = false;    // that is what the child does
};

}  // namespace ichor::init
