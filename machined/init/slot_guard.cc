#include "machined/init/slot_guard.h"

#include <array>
#include <cerrno>

#include "lib/early/file.h"

namespace ichor::init {
namespace {

constexpr int kEventsPerTurn = 256;

}  // namespace

Remedy RemedyFor(bool committed, bool has_other, std::uint64_t asks) {
  if (!committed) return Remedy::kRestart;
  return has_other && asks == 0 ? Remedy::kAsk : Remedy::kNone;
}

void SlotGuard::Open(const Poll& poll) {
  std::array<char, 192> buffer{};
  slot_.Append({early::ReadLine("/system/run/boot/slot", buffer).value_or("")});
  other_ = early::ParseOtherSlot(early::ReadLine("/system/run/boot/other", buffer).value_or(""));
  const auto asks = early::ReadLine("/system/run/boot/asks", buffer).value_or("0");
  asks_ = early::ToNumber(asks).value_or(early::kMostAsks);
  if (!events_.Open() || !poll.Add(events_.descriptor(), {.source = Source::kUevents}))
    console_.Warning({"listen to the kernel's events: ", early::ErrorText(errno)});
}

bool SlotGuard::Read(bool committed) {
  for (int i = 0; i < kEventsPerTurn && events_.Next(0); ++i) {
    const auto& corrupt = events_.corrupt();
    if (!corrupt.has_value() || repaired_) continue;
    console_.Error({"slot ", slot_.view(), ": block ",
                    early::Decimal(static_cast<std::int64_t>(corrupt->number)), " of the ",
                    corrupt->metadata ? "hash tree" : "data", " of ", corrupt->device,
                    " is not what it shall be"});
    repaired_ = true;
    if (Repair(committed)) return true;
  }
  return false;
}

bool SlotGuard::Repair(bool committed) {
  switch (RemedyFor(committed, other_.IsThere(), asks_)) {
    case Remedy::kNone:
      console_.Error(
          {asks_ > 0 ? "this slot was asked for by the other one" : "there is no other slot",
           ": what reads the block gets an error"});
      return false;
    case Remedy::kRestart:
      console_.Error({"the node restarts, so that the loader counts a try"});
      return true;
    case Remedy::kAsk:
      break;
  }
  const int error = early::AskFor(other_);
  if (error != 0) {
    console_.Error({"ask the loader for slot ", other_.slot.view(), ": ", early::ErrorText(error)});
    return false;
  }
  console_.Error({"the loader is asked for slot ", other_.slot.view(), ", and the node restarts"});
  return true;
}

void SlotGuard::CameUp() {
  if (asks_ == 0 || !other_.IsThere()) return;
  const int error = early::ForgetAsks(other_);
  if (error != 0) console_.Warning({"forget who was asked: ", early::ErrorText(error)});
}

}  // namespace ichor::init
