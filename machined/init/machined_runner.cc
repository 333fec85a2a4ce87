#include "machined/init/machined_runner.h"

#include <array>
#include <csignal>

#include "lib/early/text.h"

namespace ichor::init {
namespace {

constexpr const char* kPath = "/usr/bin/machined";
constexpr Nanoseconds kTrialTime = 600 * kSecond;
constexpr std::array<const char*, 3> kEnvironment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                                     "TERM=linux", nullptr};

Start Settings() {
  auto start = Make<Start>(Type::kStart);
  start.capabilities = kAllCapabilities;
  start.oom_score_adj = -999;
  return start;
}

}  // namespace

MachinedRunner::MachinedRunner(const Poll& poll, const early::Console& console, bool committed,
                               Nanoseconds now)
    : poll_(poll),
      console_(console),
      committed_(committed),
      trial_deadline_(now + kTrialTime),
      next_start_(now) {}

Nanoseconds MachinedRunner::StartIfDue(Nanoseconds now, Processes& processes, Teller& teller) {
  if (now < next_start_) return next_start_;
  started_ = now;
  next_start_ = INT64_MAX;
  if (!StartNow(processes, teller)) {
    // As if it had ended at once: the same backoff, and the same way out.
    how_ = policy_.Ended(now, now, committed_);
    next_start_ = now + how_.delay;
  }
  return next_start_;
}

bool MachinedRunner::StartNow(Processes& processes, Teller& teller) {
  std::array<const char*, 4> argv = {"machined"};
  std::size_t count = 1;
  if (how_.last_known_good) argv[count++] = "--last-known-good";
  if (how_.no_checkpoint) argv[count++] = "--no-checkpoint";
  const Start settings = Settings();
  const early::Fd theirs = link_.Renew();
  if (!theirs.ok()) {
    console_.Error({"start machined: no socket"});
    return false;
  }
  teller.Reset();
  processes.table().ForgetTelling();
  poll_.Add(link_.fd(), {.source = Source::kMachined});
  full_ = silent_ = false;
  const Failure failure = processes.Start(kMachinedId, "init",
                                          {.path = kPath,
                                           .argv = argv.data(),
                                           .env = kEnvironment.data(),
                                           .settings = &settings,
                                           .socket_fd = theirs.get()});
  if (failure.error == 0) return true;
  console_.Error({"start machined: ", early::ErrorText(failure.error)});
  link_.Close();
  return false;
}

bool MachinedRunner::Ended(Nanoseconds now, Processes& processes, Teller& teller) {
  link_.Close();
  teller.Reset();
  processes.table().ForgetTelling();
  how_ = policy_.Ended(started_, now, committed_);
  next_start_ = now + how_.delay;
  if (how_.crash_loop && !said_crash_loop_) {
    said_crash_loop_ = true;
    console_.Error({"machined ended 6 times within a minute, ",
                    committed_
                        ? "so it is started with the last known good configuration, once a minute"
                        : "in a slot that is not committed"});
  }
  if (how_.no_checkpoint)
    console_.Warning({"machined ended 3 times in a row: its checkpoint is set aside"});
  return how_.reboot;
}

void MachinedRunner::Gone(Processes& processes) {
  link_.Close();
  Entry* entry = processes.table().Find(kMachinedId);
  if (entry == nullptr || !entry->Runs()) return;
  console_.Error({"machined closed its socket to init: it is killed"});
  ::kill(entry->pid, SIGKILL);
}

void MachinedRunner::Full(bool full, bool silent) {
  if (link_.fd() < 0 || (full == full_ && silent == silent_)) return;
  full_ = full;
  silent_ = silent;
  poll_.Change(link_.fd(), {.source = Source::kMachined}, !silent, full);
}

}  // namespace ichor::init
