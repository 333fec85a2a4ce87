// Keeps processes in containers: containerd runs them, in its namespace `system`.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/containers/container_start.h"
#include "machined/containers/containerd.h"
#include "machined/services/process_host.h"
#include "machined/services/process_table.h"

namespace ichor {

inline constexpr const char* kCriSocket = "/run/containerd/containerd.sock";

// Asks containerd for containers, and says in the process table what becomes of them. They live on
// while this process or containerd is away: what runs with the same parameters is taken over. What
// is asked for while containerd is away waits for it.
class ContainerHost : public ProcessHost {
 public:
  static constexpr std::chrono::seconds kGrace{15};
  static constexpr std::chrono::milliseconds kRetry{500};

  // All must outlive the host, and `loop` its last call.
  ContainerHost(Loop& loop, Runtime& runtime, ProcessTable& table, const base::Clock& clock,
                std::string socket = kCriSocket)
      : loop_(loop), runtime_(runtime), table_(table), clock_(clock), socket_(std::move(socket)) {}

  absl::Status Start(const std::string& id, const services::ProcessSpec::Spec& process) override;
  absl::Status Stop(const std::string& id) override;

  // Looks whether containerd runs. To be called after each settle, on the loop; cheap.
  void OnSettled();

  // The connection; null while there is none. Loop's thread.
  Containerd* containerd() {
    return containerd_ == nullptr || containerd_->closed() ? nullptr : containerd_.get();
  }

 private:
  struct Entry {
    std::optional<services::ProcessSpec::Spec> wish;  // that does not run yet
    std::shared_ptr<ContainerStart> start;            // under way
    std::int32_t pid = 0;
    int ended = 0;          // how, as wait(2) says it; told once it is removed
    bool busy = false;      // being looked for, or removed
    bool stopping = false;  // it was told to end
  };

  void Connect();
  void ConnectLater();
  void Disconnect();
  void FindAll();
  void Find(const std::string& id);
  void Adopt(const std::string& id, const RunningContainer& found);
  void Begin(const std::string& id);
  void Started(const std::string& id, const absl::StatusOr<RunningContainer>& started);
  void Wait(const std::string& id);
  void Ended(const std::string& id, int wait_status);
  void Remove(const std::string& id);
  void DoStop(const std::string& id);
  void Kill(const std::string& id, int signal);
  void KillLater(const std::string& id, std::int32_t pid);

  Loop& loop_;
  Runtime& runtime_;
  ProcessTable& table_;
  const base::Clock& clock_;
  const std::string socket_;
  std::unique_ptr<Containerd> containerd_;
  bool retrying_ = false;
  std::map<std::string, Entry> entries_;
};

// A wait status, as wait(2) gives it, of what containerd says of an end: 128 and more is a signal.
int WaitStatusOf(std::uint32_t exit_status);

}  // namespace ichor
