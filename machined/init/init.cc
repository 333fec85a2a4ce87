#include "machined/init/init.h"

#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "lib/early/file.h"
#include "machined/init/clock.h"
#include "machined/init/last_words.h"
#include "machined/init/virtual_console.h"

namespace ichor::init {
namespace {

constexpr Nanoseconds kOwnGrace =
    10 * kSecond;  // SIGTERM to SIGKILL when init goes down without machined
constexpr int kRequestsPerTurn = 64;

RebootAction ActionOf(PowerCause cause) {
  return cause == PowerCause::kPowerButton ? RebootAction::kPowerOff : RebootAction::kRestart;
}

std::string_view NameOf(PowerCause cause) {
  switch (cause) {
    case PowerCause::kCtrlAltDel:
      return "Ctrl-Alt-Del was pressed";
    case PowerCause::kPowerButton:
      return "the power button was pressed";
    case PowerCause::kTerminate:
      return "init got SIGTERM";
  }
  return "";
}

}  // namespace

Init::Init(const early::Console& console, const Facts& facts)
    : console_(console),
      facts_(facts),
      processes_(poll_, console_),
      machined_(poll_, console_, facts.committed, Now()),
      shutdown_(console_, watchdog_),
      button_(poll_),
      slot_(poll_, console_) {}

bool Init::Open() {
  if (!poll_.Open()) return false;
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  sigset_t heard;
  ::sigemptyset(&heard);
  for (const int number : {SIGCHLD, SIGINT, SIGTERM})
    ::sigaddset(&heard, number);
  signals_.Reset(::signalfd(-1, &heard, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!signals_.ok() || !poll_.Add(signals_.get(), {.source = Source::kSignals})) return false;
  ::reboot(RB_DISABLE_CAD);  // Ctrl-Alt-Del comes as SIGINT from now on
  watchdog_.Inherit(facts_.watchdog_fd, Now());
  KeepKernelLogOnFirstConsole();
  button_.Open();
  slot_.Open();
  return true;
}

void Init::Run() {
  if (!Open()) return;
  for (;;)
    Turn();
}

void Init::Turn() {
  reaped_ = processes_.Reap();
  Nanoseconds now = Now();
  if (reaped_.machined_ended && !shutdown_.Going() && machined_.Ended(now, processes_, teller_)) {
    console_.Error({"the node restarts, so that the loader counts a try"});
    GoDown(RebootAction::kRestart, kOwnGrace);
  }
  const Nanoseconds deadline = CheckDeadlines(now);
  const Sent sent = teller_.Tell(machined_.link(), processes_.table(), processes_.crashes());
  machined_.Full(sent == Sent::kFull, teller_.IsFull());
  now = Now();
  for (const Ready& ready : poll_.Wait(now, reaped_.more ? now : deadline))
    Handle(ready);
}

Nanoseconds Init::CheckDeadlines(Nanoseconds now) {
  if (now >= machined_.TrialDeadline() && !shutdown_.Going()) {
    console_.Error({"the slot was not committed within 10 minutes: the node restarts"});
    GoDown(RebootAction::kRestart, kOwnGrace);
  }
  if (now >= power_deadline_ && !shutdown_.Going()) {
    console_.Error({NameOf(power_), ", and machined does nothing: init does it"});
    GoDown(ActionOf(power_), kOwnGrace);
  }
  const Nanoseconds fed = watchdog_.Feed(now);
  if (shutdown_.Going()) return std::min(fed, shutdown_.Advance(now, reaped_.none_left));
  const Nanoseconds start = machined_.StartIfDue(now, processes_, teller_);
  return std::min({fed, start, power_deadline_, machined_.TrialDeadline()});
}

void Init::GoDown(RebootAction action, Nanoseconds grace) {
  if (!shutdown_.Going()) SayCrashes();
  ShowFirstConsole();
  machined_.Stop();
  processes_.ExpectEnds();
  shutdown_.Begin(action, grace, Now());
}

void Init::RestartIf(bool shall) {
  if (shall && !shutdown_.Going()) GoDown(RebootAction::kRestart, kOwnGrace);
}

// For pstore, which gets the end of the kernel's log at a panic, and at every end if it is told to.
void Init::SayCrashes() const {
  const CrashRecords& crashes = processes_.crashes();
  const CrashRecord* record = crashes.Find(crashes.First());
  if (record == nullptr) return;
  early::WriteFile("/sys/module/printk/parameters/always_kmsg_dump", "1");
  for (; record != nullptr; record = crashes.Find(record->fixed.number + 1))
    console_.Error({DescribeCrash(*record).view()});
}

void Init::Handle(const Ready& ready) {
  switch (ready.source) {
    case Source::kSignals:
      return HandleSignals();
    case Source::kMachined:
      return HandleMachined();
    case Source::kLog:
      return processes_.ReadLog(ready.index);
    case Source::kExecStatus:
      return processes_.ReadExecStatus(ready.index);
    case Source::kButton:
      if (button_.Pressed(ready.index)) AskedForPower(PowerCause::kPowerButton);
      return;
    case Source::kButtonDevices:
      return button_.FindDevices();
    case Source::kUevents:
      return RestartIf(slot_.Read(machined_.committed()));
    case Source::kSlotAnswer:
      return RestartIf(slot_.Answered());
  }
}

void Init::HandleSignals() {
  signalfd_siginfo info = {};
  while (::read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
    // SIGCHLD only wakes: every turn reaps.
    if (info.ssi_signo == SIGINT) AskedForPower(PowerCause::kCtrlAltDel);
    if (info.ssi_signo == SIGTERM) AskedForPower(PowerCause::kTerminate);
  }
}

void Init::AskedForPower(PowerCause cause) {
  console_.Say(early::Level::kNotice, {NameOf(cause)});
  if (shutdown_.Going()) return;
  const bool repeated = power_ == cause;
  power_ = cause;
  if (!repeated) power_deadline_ = Now() + (kPowerAnswerSeconds * kSecond);
  teller_.TellPower(cause);
}

void Init::HandleMachined() {
  for (int i = 0; i < kRequestsPerTurn; ++i) {
    // So many refusals are kept: no request is read that might need another one.
    if (teller_.IsFull()) teller_.Tell(machined_.link(), processes_.table(), processes_.crashes());
    if (teller_.IsFull()) return;
    bool gone = false;
    const auto message = machined_.link().Receive(request_, gone);
    if (gone) return machined_.Gone(processes_);
    if (message.empty()) return;
    teller_.Listening();
    HandleRequest(message);
  }
}

}  // namespace ichor::init
