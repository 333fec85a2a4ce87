#include "machined/init/slot_guard.h"

#include <fcntl.h>
#include <unistd.h>

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

void SlotGuard::Open() {
  std::array<char, 192> buffer{};
  slot_.Append({early::ReadLine("/system/run/boot/slot", buffer).value_or("")});
  other_ = early::ParseOtherSlot(early::ReadLine("/system/run/boot/other", buffer).value_or(""));
  const auto asks = early::ReadLine("/system/run/boot/asks", buffer).value_or("0");
  asks_ = early::ToNumber(asks).value_or(early::kMostAsks);
  if (!events_.Open() || !poll_.Add(events_.descriptor(), {.source = Source::kUevents}))
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
  console_.Error({"the loader is asked for slot ", other_.slot.view()});
  asking_ = true;
  Write(early::AskFor);
  return false;
}

void SlotGuard::CameUp() {
  if (asks_ > 0 && other_.IsThere() && !asking_) Write(early::ForgetAsks);
}

void SlotGuard::Write(int (*what)(const early::OtherSlot&)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    console_.Error({"write for the loader: ", early::ErrorText(errno)});
    return;
  }
  answer_.Reset(ends[0]);
  const early::Fd theirs(ends[1]);
  poll_.Add(answer_.get(), {.source = Source::kSlotAnswer});
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int error = what(other_);
    const auto written = ::write(theirs.get(), &error, sizeof(error));
    ::_exit(written == sizeof(error) ? 0 : 1);
  }
  if (pid < 0) console_.Error({"write for the loader: ", early::ErrorText(errno)});
}

bool SlotGuard::Answered() {
  int error = EPIPE;  // of a child that ended without a word
  const auto got = ::read(answer_.get(), &error, sizeof(error));
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  answer_.Reset();
  if (error != 0) console_.Error({"write for the loader: ", early::ErrorText(error)});
  // Without an answer from the loader's side the next boot would be the same: better to go on.
  const bool restart = asking_ && error == 0;
  if (restart) console_.Error({"the node restarts into slot ", other_.slot.view()});
  asking_ = false;
  return restart;
}

}  // namespace ichor::init
