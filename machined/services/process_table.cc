#include "machined/services/process_table.h"

#include <algorithm>
#include <format>
#include <utility>

#include "lib/resource/time_proto.h"
#include "lib/sys/wait_status.h"

namespace ichor {

using services::ProcessStatus;

void ProcessTable::OnStarted(std::string_view id, std::int32_t pid, base::WallTime started,
                             std::uint64_t fingerprint) {
  Process& process = processes_[std::string(id)];
  process.since = clock_.Monotonic();
  ProcessStatus::Spec& status = process.status;
  status.set_pid(pid);
  status.set_fingerprint(fingerprint);
  status.clear_progress();
  *status.mutable_started() = ToProto(started);
  status.set_succeeded(false);
  status.set_stopping(false);
  status.set_backing_off(false);
  Publish();
}

void ProcessTable::OnExited(std::string_view id, int wait_status) {
  const auto found = processes_.find(id);
  if (found == processes_.end()) {
    return;
  }
  auto& [name, process] = *found;
  const bool was_stopping = process.status.stopping();
  process.status.set_pid(0);
  process.status.set_stopping(false);
  process.status.set_ended(sys::DescribeWaitStatus(wait_status));
  process.status.set_succeeded(sys::Succeeded(wait_status));
  if (clock_.Monotonic() - process.since >= kGoodLife || was_stopping) {
    process.status.set_failures(0);
  }
  Pause(name, process);
  Publish();
}

void ProcessTable::OnRefused(std::string_view id, std::string reason) {
  const auto [found, added] = processes_.try_emplace(std::string(id));
  Process& process = found->second;
  if (process.status.pid() != 0) {
    return;  // it runs: the request was one too many
  }
  process.status.set_ended(std::move(reason));
  process.status.clear_progress();
  Pause(found->first, process);
  Publish();
}

void ProcessTable::OnPreparing(std::string_view id, std::string progress) {
  ProcessStatus::Spec& status = processes_[std::string(id)].status;
  if (status.progress() != progress) {
    status.set_progress(std::move(progress));
    Publish();
  }
}

void ProcessTable::OnContained(std::string_view id) {
  processes_[std::string(id)].status.set_in_container(true);
}

void ProcessTable::OnStopping(std::string_view id) {
  if (const auto found = processes_.find(id); found != processes_.end()) {
    found->second.status.set_stopping(true);
    Publish();
  }
}

void ProcessTable::OnListed() {
  listed_ = true;
  Publish();
}

std::string ProcessTable::IdOf(std::int32_t pid) const {
  const auto found = std::ranges::find_if(processes_, [pid](const auto& entry) {
    return pid != 0 && entry.second.status.pid() == pid;
  });
  return found == processes_.end() ? "" : found->first;
}

bool ProcessTable::IsStopping(std::string_view id) const {
  const auto found = processes_.find(id);
  return found != processes_.end() && found->second.status.stopping();
}

void ProcessTable::Pause(const std::string& id, Process& process) {
  const std::uint32_t failures = process.status.failures();
  process.status.set_failures(failures + 1);
  process.status.set_backing_off(true);
  const std::chrono::milliseconds pause = std::min<std::chrono::milliseconds>(
      kFirstPause * (1 << std::min(failures, 7U)), kLongestPause);
  loop_.RunAt(clock_.Monotonic() + pause, [this, id, failures] {
    const auto found = processes_.find(id);
    if (found != processes_.end() && found->second.status.failures() == failures + 1) {
      found->second.status.set_backing_off(false);
      Publish();
    }
  });
}

void ProcessTable::Publish() {
  if (!listed_) {
    return;
  }
  Desired<ProcessStatus> rows;
  for (const auto& [id, process] : processes_) {
    rows.Add(id, process.status);
  }
  runtime_.Publish(kSource, std::move(rows));
}

}  // namespace ichor
