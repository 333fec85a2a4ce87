#include "machined/slots/register.h"

#include <utility>

#include "machined/slots/commit.h"
#include "machined/slots/policy.h"

namespace ichor {

SlotFacts ReadSlotFacts(sys::Sysfs& sysfs) {
  const std::string directory = "/system/run/boot/";
  return {.slot = sys::ReadAttribute(sysfs, directory + "slot"),
          .firmware = sys::ReadAttribute(sysfs, directory + "firmware"),
          .on_trial = !sys::ReadAttribute(sysfs, directory + "tries").empty() &&
                      sys::ReadAttribute(sysfs, directory + "committed").empty()};
}

std::unique_ptr<SlotTrial> RegisterSlots(const SlotContext& context, const SlotFacts& facts) {
  context.runtime.Reconcile("slots.judge", JudgeSlot);
  context.runtime.Actuate<boot::SlotCommit, block::SystemDisk, block::DiscoveredVolume>(
      "slots.commit", SlotCommitter(context.file_systems, context.tell_init));
  return std::make_unique<SlotTrial>(context.runtime, context.loop, context.clock, facts);
}

}  // namespace ichor
