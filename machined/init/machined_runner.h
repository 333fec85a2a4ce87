// Keeps machined running.
#pragma once

#include "lib/early/console.h"
#include "machined/init/link.h"
#include "machined/init/poll.h"
#include "machined/init/processes.h"
#include "machined/init/restarts.h"
#include "machined/init/teller.h"

namespace ichor::init {

class MachinedRunner {
 public:
  // `committed`: whether the slot is, as far as the loader said. It is due to be started at `now`.
  MachinedRunner(const Poll& poll, const early::Console& console, bool committed, Nanoseconds now);

  // Starts it if that is due. Returns when to call again; INT64_MAX if only an end of machined can
  // make that necessary.
  Nanoseconds StartIfDue(Nanoseconds now, Processes& processes, Teller& teller);

  // machined ended. True if the node shall reboot, because the slot is not committed.
  bool Ended(Nanoseconds now, Processes& processes, Teller& teller);

  // machined closed its end of the socket: it cannot do its work any more, so it is killed.
  void Gone(Processes& processes);

  // What machined says of the slot. An uncommitted one has until TrialDeadline().
  void SetCommitted(bool committed) { committed_ = committed; }
  bool committed() const { return committed_; }
  Nanoseconds TrialDeadline() const { return committed_ ? INT64_MAX : trial_deadline_; }

  // No more starts.
  void Stop() { next_start_ = INT64_MAX; }

  const Link& link() const { return link_; }
  // Whether the socket is full: then to wait for it to take more; and with `silent`, to read no
  // request until it does.
  void Full(bool full, bool silent);

 private:
  bool StartNow(Processes& processes, Teller& teller);

  const Poll& poll_;
  const early::Console& console_;
  RestartPolicy policy_;
  Restart how_;
  Link link_;
  bool committed_;
  bool full_ = false;
  bool silent_ = false;
  bool said_crash_loop_ = false;
  Nanoseconds trial_deadline_;
  Nanoseconds next_start_;
  Nanoseconds started_ = 0;
};

}  // namespace ichor::init
