#include "machined/containers/container_host.h"

#include <csignal>
#include <format>
#include <utility>

#include "containerd/containers.pb.h"
#include "containerd/tasks.pb.h"
#include "google/protobuf/empty.pb.h"
#include "ichor/service.resources.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/services/fingerprint.h"

namespace ichor {
namespace {

namespace containers = containerd::services::containers::v1;
namespace tasks = containerd::services::tasks::v1;

constexpr std::string_view kNamespace = "system";
constexpr const char* kRuntimeService = "cri";
constexpr int kUnknownEnd = 255 << 8;  // nobody saw it

}  // namespace

int WaitStatusOf(std::uint32_t exit_status) {
  constexpr std::uint32_t kSignal = 128;
  constexpr std::uint32_t kLastSignal = 64;
  if (exit_status > kSignal && exit_status <= kSignal + kLastSignal) {
    return static_cast<int>(exit_status - kSignal);
  }
  return static_cast<int>((exit_status & 0xffU) << 8U);
}

absl::Status ContainerHost::Start(const std::string& id,
                                  const services::ProcessSpec::Spec& process) {
  loop_.Post([this, id, process] {
    const auto [entry, added] = entries_.try_emplace(id);
    if (added) {
      table_.OnContained(id);
    }
    if (entry->second.pid != 0) {
      return;
    }
    const auto& wish = entry->second.wish;
    if (!wish.has_value() || FingerprintOf(*wish) != FingerprintOf(process)) {
      entry->second.start.reset();
      entry->second.wish = process;
    }
    Begin(id);
  });
  return absl::OkStatus();
}

absl::Status ContainerHost::Stop(const std::string& id) {
  loop_.Post([this, id] { DoStop(id); });
  return absl::OkStatus();
}

void ContainerHost::OnSettled() {
  if (containerd() != nullptr || retrying_) {
    return;
  }
  const auto processes = runtime_.Read<services::ProcessStatus>();
  const auto process = processes.find(kRuntimeService);
  if (process != processes.end() && process->spec().pid() != 0) {
    retrying_ = true;
    loop_.RunAt(clock_.Monotonic(), [this] { Connect(); });
  }
}

void ContainerHost::Connect() {
  retrying_ = false;
  Disconnect();
  absl::StatusOr<std::unique_ptr<Containerd>> connected =
      Containerd::Connect(loop_, socket_, kNamespace);
  if (connected.ok()) {
    containerd_ = *std::move(connected);
    FindAll();
    return;
  }
  ConnectLater();
}

void ContainerHost::ConnectLater() {
  if (!std::exchange(retrying_, true)) {
    loop_.RunAt(clock_.Monotonic() + kRetry, [this] { Connect(); });
  }
}

// Whatever was under way begins anew with the next connection.
void ContainerHost::Disconnect() {
  for (auto& [id, entry] : entries_) {
    entry.start.reset();
    entry.busy = false;
  }
  containerd_.reset();
}

void ContainerHost::FindAll() {
  using Reply = containers::ListContainersResponse;
  containerd_->Call<Reply>("/containerd.services.containers.v1.Containers/List",
                           containers::ListContainersRequest(),
                           [this](const absl::StatusOr<Reply>& reply) {
                             if (!reply.ok()) {
                               ConnectLater();
                               return;
                             }
                             for (const auto& container : reply->containers()) {
                               if (entries_.try_emplace(container.id()).second) {
                                 table_.OnContained(container.id());
                               }
                             }
                             for (const auto& [id, entry] : entries_) {
                               Find(id);
                             }
                           });
}

void ContainerHost::Find(const std::string& id) {
  entries_[id].busy = true;
  FindContainer(*containerd_, id,
                [this, id](const absl::StatusOr<std::optional<RunningContainer>>& found) {
                  Entry& entry = entries_[id];
                  entry.busy = false;
                  if (!found.ok()) {
                    return;  // the connection broke: another one looks again
                  }
                  const std::optional<RunningContainer>& container = *found;
                  if (container.has_value()) {
                    Adopt(id, *container);
                  } else if (entry.pid != 0) {
                    Ended(id, kUnknownEnd);
                  } else {
                    Begin(id);
                  }
                });
}

void ContainerHost::Adopt(const std::string& id, const RunningContainer& found) {
  Entry& entry = entries_[id];
  if (entry.pid != found.pid) {
    entry.pid = found.pid;
    entry.wish.reset();
    table_.OnStarted(id, found.pid, base::WallTime(std::chrono::seconds(found.created_s)),
                     found.fingerprint);
  }
  Wait(id);
}

void ContainerHost::Begin(const std::string& id) {
  Entry& entry = entries_[id];
  if (!entry.wish.has_value() || entry.busy || entry.start != nullptr) {
    return;
  }
  if (containerd() == nullptr) {
    table_.OnPreparing(id, "waits for containerd");
    return;
  }
  entry.start = StartContainer(
      *containerd_, id, *entry.wish, LoginsOf(runtime_.Read<cri::RegistryConfig>()),
      [this, id](std::string progress) { table_.OnPreparing(id, std::move(progress)); },
      [this, id](const absl::StatusOr<RunningContainer>& started) { Started(id, started); });
}

void ContainerHost::Started(const std::string& id,
                            const absl::StatusOr<RunningContainer>& started) {
  Entry& entry = entries_[id];
  if (!started.ok() && containerd() == nullptr) {
    ConnectLater();  // another try follows
    return;
  }
  const std::shared_ptr<ContainerStart> kept =
      std::exchange(entry.start, nullptr);  // it is running
  entry.wish.reset();
  if (started.ok()) {
    Adopt(id, *started);
  } else {
    table_.OnRefused(id, std::string(base::MessageOf(started.status())));
  }
}

void ContainerHost::Wait(const std::string& id) {
  tasks::WaitRequest request;
  request.set_container_id(id);
  containerd_->Call<tasks::WaitResponse>("/containerd.services.tasks.v1.Tasks/Wait", request,
                                         [this, id](const auto& reply) {
                                           if (reply.ok()) {
                                             Ended(id, WaitStatusOf(reply->exit_status()));
                                           } else if (absl::IsNotFound(reply.status())) {
                                             Ended(id, kUnknownEnd);
                                           } else {
                                             ConnectLater();
                                           }
                                         });
}

// It is told only when it is removed, so that the next start finds nothing.
void ContainerHost::Ended(const std::string& id, int wait_status) {
  Entry& entry = entries_[id];
  if (!entry.busy && entry.pid != 0) {
    entry.ended = wait_status;
    Remove(id);
  }
}

void ContainerHost::Remove(const std::string& id) {
  entries_[id].busy = true;
  RemoveContainer(*containerd_, id, [this, id](const absl::StatusOr<bool>& removed) {
    if (!removed.ok()) {
      base::Log(base::Severity::kWarning, "{}: {}", id, base::MessageOf(removed.status()));
    }
    Entry& entry = entries_[id];
    entry.busy = false;
    if (std::exchange(entry.pid, 0) != 0) {
      entry.stopping = false;
      table_.OnExited(id, entry.ended);
    }
    Begin(id);
  });
}

void ContainerHost::DoStop(const std::string& id) {
  Entry& entry = entries_[id];
  entry.wish.reset();
  if (entry.pid == 0) {
    table_.OnPreparing(id, "");
    if (std::exchange(entry.start, nullptr) != nullptr && containerd() != nullptr) {
      Remove(id);
    }
    return;
  }
  if (!std::exchange(entry.stopping, true)) {
    table_.OnStopping(id);
    Kill(id, SIGTERM);
    KillLater(id, entry.pid);
  }
}

void ContainerHost::Kill(const std::string& id, int signal) {
  if (containerd() == nullptr) {
    return;
  }
  tasks::KillRequest request;
  request.set_container_id(id);
  request.set_signal(static_cast<std::uint32_t>(signal));
  request.set_all(signal == SIGKILL);
  containerd_->Call<google::protobuf::Empty>(
      "/containerd.services.tasks.v1.Tasks/Kill", request, [id](const auto& reply) {
        if (!reply.ok() && !absl::IsNotFound(reply.status())) {
          base::Log(base::Severity::kWarning, "{}: {}", id, base::MessageOf(reply.status()));
        }
      });
}

void ContainerHost::KillLater(const std::string& id, std::int32_t pid) {
  loop_.RunAt(clock_.Monotonic() + kGrace, [this, id, pid] {
    if (entries_[id].pid == pid) {
      Kill(id, SIGKILL);
      KillLater(id, pid);
    }
  });
}

}  // namespace ichor
