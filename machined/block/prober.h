// Reads what is on disks, a few at a time, on workers.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "machined/block/context.h"
#include "machined/block/device_rows.h"

namespace ichor {

// A disk that does not answer for 10 s is named, and its worker replaced, so that it stops nobody
// else; when it answers after all, its answer counts. On the loop's thread.
class Prober {
 public:
  // `on_changed` is called after any change of what the accessors below say.
  Prober(const BlockContext& context, std::function<void()> on_changed);

  // Probes the disk soon; before all others that wait if `first`. What is asked for while the disk
  // is being probed is done afterwards.
  void Probe(const std::string& name, bool first);

  // Forgets the disk.
  void Forget(const std::string& name);

  const std::map<std::string, DiskState>& disks() const { return disks_; }

  // Why disks could not be probed, by their names.
  const std::map<std::string, absl::Status>& errors() const { return errors_; }

  // Whether nothing is to be expected any more, but of disks that do not answer.
  bool idle() const { return waiting_.empty() && active_ == 0; }

 private:
  struct Job {
    std::string name;
    Executor::JobId id = 0;
    Loop::TimerId deadline;
    bool forgotten = false;
    bool stuck = false;
    bool again = false;
  };
  using Ticket = std::uint64_t;

  Job* JobOf(const std::string& name);
  void Pump();
  void Start(const std::string& name);
  void OnFacts(Ticket ticket, DiskFacts facts);
  void OnProbed(Ticket ticket, absl::StatusOr<sys::ProbedDisk> probed);
  void OnDeadline(Ticket ticket);

  const BlockContext context_;
  const std::function<void()> on_changed_;
  const std::shared_ptr<Prober*> self_ = std::make_shared<Prober*>(this);
  std::map<std::string, DiskState> disks_;
  std::map<std::string, absl::Status> errors_;
  std::deque<std::string> waiting_;
  std::map<Ticket, Job> jobs_;
  Ticket next_ticket_ = 1;
  size_t active_ = 0;  // jobs that are not stuck
};

}  // namespace ichor
