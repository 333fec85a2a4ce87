#include "machined/slots/trial.h"

#include <utility>

#include "lib/base/log.h"

namespace ichor {

using boot::BootSlot;
using boot::SlotCommit;
using boot::SlotHealth;
using boot::SlotReport;

SlotTrial::SlotTrial(Runtime& runtime, Loop& loop, const base::Clock& clock, SlotFacts facts)
    : runtime_(runtime), loop_(loop), clock_(clock), facts_(std::move(facts)) {
  if (facts_.on_trial) {
    base::Log(base::Severity::kInfo,
              "slot {} is on trial: it is committed once it was healthy for {}", facts_.slot,
              kHealthyTime);
  }
  Publish();
  runtime_.Publish<SlotCommit>(kSource, {});
}

void SlotTrial::Publish() {
  Desired<BootSlot> rows;
  if (!facts_.slot.empty()) {
    BootSlot::Spec slot;
    slot.set_on_trial(facts_.on_trial);
    slot.set_firmware(facts_.firmware);
    rows.Add(facts_.slot, std::move(slot));
  }
  runtime_.Publish(kSource, std::move(rows));
}

void SlotTrial::OnSettled() {
  if (!facts_.on_trial) {
    return;
  }
  const auto reports = runtime_.Read<SlotReport>();
  const auto report = reports.find(facts_.slot);
  if (report != reports.end() && report->spec().committed()) {
    base::Log(base::Severity::kInfo, "slot {} is committed", facts_.slot);
    facts_.on_trial = false;
    Publish();
  } else if (!wished_) {
    Judge();
  }
}

void SlotTrial::Judge() {
  const auto healths = runtime_.Read<SlotHealth>();
  const auto health = healths.find(facts_.slot);
  const bool healthy = health != healths.end() && health->spec().healthy();
  if (healthy && !timer_.has_value()) {
    timer_ = loop_.RunAt(clock_.Monotonic() + kHealthyTime, [self = std::weak_ptr(self_)] {
      if (const auto alive = self.lock()) {
        (*alive)->Wish();
      }
    });
  } else if (!healthy && timer_.has_value()) {
    loop_.Cancel(*timer_);
    timer_.reset();
    base::Log(base::Severity::kWarning, "slot {} is no longer healthy: {}", facts_.slot,
              health == healths.end() ? "" : health->spec().problems(0));
  }
}

void SlotTrial::Wish() {
  timer_.reset();
  wished_ = true;
  SlotCommit::Spec commit;
  commit.set_firmware(facts_.firmware);
  runtime_.Publish<SlotCommit>(kSource, {{facts_.slot, std::move(commit)}});
}

}  // namespace ichor
