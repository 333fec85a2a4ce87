#include "machined/block/prober.h"

#include <algorithm>
#include <chrono>
#include <format>
#include <utility>

namespace ichor {
namespace {

// Of the four workers, two stay for others, and one disk that hangs leaves one for the rest.
constexpr size_t kMaxActive = 2;
constexpr std::chrono::seconds kDeadline{10};

}  // namespace

Prober::Prober(const BlockContext& context, std::function<void()> on_changed)
    : context_(context), on_changed_(std::move(on_changed)) {}

Prober::Job* Prober::JobOf(const std::string& name) {
  const auto found = std::ranges::find_if(jobs_, [&](const auto& entry) {
    return entry.second.name == name && !entry.second.forgotten;
  });
  return found == jobs_.end() ? nullptr : &found->second;
}

void Prober::Probe(const std::string& name, bool first) {
  if (Job* const job = JobOf(name); job != nullptr) {
    job->again = true;
    return;
  }
  if (std::ranges::find(waiting_, name) == waiting_.end()) {
    waiting_.insert(first ? waiting_.begin() : waiting_.end(), name);
  }
  Pump();
}

void Prober::Forget(const std::string& name) {
  if (Job* const job = JobOf(name); job != nullptr) {
    job->forgotten = true;
  }
  std::erase(waiting_, name);
  disks_.erase(name);
  errors_.erase(name);
  on_changed_();
}

void Prober::Pump() {
  while (active_ < kMaxActive && !waiting_.empty()) {
    const std::string name = std::move(waiting_.front());
    waiting_.pop_front();
    Start(name);
  }
}

void Prober::Start(const std::string& name) {
  const Ticket ticket = next_ticket_++;
  Job& job = jobs_[ticket];
  job.name = name;
  ++active_;
  const std::weak_ptr<Prober*> self = self_;
  job.deadline = context_.loop.RunAt(context_.clock.Monotonic() + kDeadline, [self, ticket] {
    if (const auto prober = self.lock()) {
      (*prober)->OnDeadline(ticket);
    }
  });
  const auto work = [&sysfs = context_.sysfs, &devices = context_.devices,
                     mailbox = context_.loop.mailbox(), self, ticket, name] {
    DiskFacts facts = ReadDiskFacts(sysfs, name);
    const std::string dev_path = facts.dev_path;
    const bool empty = facts.size_bytes == 0;
    mailbox->Post([self, ticket, facts = std::move(facts)]() mutable {
      if (const auto prober = self.lock()) {
        (*prober)->OnFacts(ticket, std::move(facts));
      }
    });
    auto probed = empty ? sys::ProbedDisk() : devices.Probe(dev_path);
    mailbox->Post([self, ticket, probed = std::move(probed)]() mutable {
      if (const auto prober = self.lock()) {
        (*prober)->OnProbed(ticket, std::move(probed));
      }
    });
  };
  job.id = context_.executor.Run("block.probe " + name, work);
}

void Prober::OnFacts(Ticket ticket, DiskFacts facts) {
  const Job& job = jobs_[ticket];
  if (!job.forgotten) {
    disks_[job.name].facts = std::move(facts);
    on_changed_();
  }
}

void Prober::OnProbed(Ticket ticket, absl::StatusOr<sys::ProbedDisk> probed) {
  const Job job = std::move(jobs_.extract(ticket).mapped());
  if (!job.stuck) {
    context_.loop.Cancel(job.deadline);
    --active_;
  }
  if (!job.forgotten) {
    errors_.erase(job.name);
    if (!probed.ok()) {
      errors_.emplace(job.name, probed.status());
    }
    DiskState& disk = disks_[job.name];
    disk.probed.reset();
    if (probed.ok()) {
      disk.probed = *std::move(probed);
    }
    if (job.again) {
      waiting_.push_back(job.name);
    }
  }
  Pump();
  on_changed_();
}

void Prober::OnDeadline(Ticket ticket) {
  Job& job = jobs_[ticket];
  job.stuck = true;
  --active_;
  context_.executor.Replace(job.id);
  if (!job.forgotten) {
    errors_.insert_or_assign(
        job.name, absl::DeadlineExceededError(std::format("no answer for {}", kDeadline)));
  }
  Pump();
  on_changed_();
}

}  // namespace ichor
