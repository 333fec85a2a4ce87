// The conversation with init: requests out, news of processes in. See machined/init/protocol.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"
#include "lib/runtime/loop.h"
#include "machined/init/protocol.h"
#include "machined/services/process_host.h"
#include "machined/services/process_table.h"

namespace ichor {

// What init kept of a process that crashed.
struct CrashRecord {
  std::uint64_t number = 0;  // counts from the boot
  std::string id;
  std::int32_t pid = 0;
  int wait_status = 0;
  base::WallTime time;
  std::string log;  // its last bytes
};

// The hardware watchdog as init has it.
struct WatchdogState {
  std::string device;  // empty: there is none
  bool armed = false;
  std::chrono::seconds timeout{};
  std::chrono::seconds feed_interval{};
  absl::Status error;  // of the last wish
};

// Who hears what is not about the process table. Loop's thread.
class InitListener {
 public:
  virtual ~InitListener() = default;

  // Bytes that a process wrote, as they came.
  virtual void OnLog(std::string_view id, std::string_view bytes) = 0;
  // So many bytes of it are gone.
  virtual void OnLogLost(std::string_view id, std::uint64_t bytes) = 0;
  virtual void OnCrash(const CrashRecord& crash) = 0;
  // Somebody at the machine wants it to go down.
  virtual void OnPower(init::PowerCause cause) = 0;
  // What the watchdog is set to, after each SetWatchdog.
  virtual void OnWatchdog(const WatchdogState& state) = 0;
};

// Requests may come from any thread; news arrive on the loop's. What init cannot take now is
// Unavailable: the runtime asks again.
class InitChannel : public ProcessHost {
 public:
  static constexpr std::chrono::seconds kGrace{15};

  // Greets init and asks for what runs and what crashed. `fd` is machined's end of the pair.
  // All must outlive the channel.
  static absl::StatusOr<std::unique_ptr<InitChannel>> Create(Loop& loop, base::UniqueFd fd,
                                                             ProcessTable& table,
                                                             const base::Clock& clock,
                                                             InitListener& listener);
  ~InitChannel() override;

  absl::Status Start(const std::string& id, const services::ProcessSpec::Spec& process) override;
  absl::Status Stop(const std::string& id) override;

  // Says that the machine is going down in order, so that init waits for it.
  absl::Status TakePower();
  // Ends everything. What still runs gets `grace` to end.
  absl::Status Reboot(init::RebootAction action, std::chrono::milliseconds grace);
  // Says whether the slot that runs is committed.
  absl::Status SetCommitted(bool committed);
  // Sets the watchdog `device`, a path of less than 64 bytes, to reset the machine `timeout` after
  // init last fed it; an empty one goes back to what stage 1 has set. OnWatchdog tells what came of
  // it.
  absl::Status SetWatchdog(const std::string& device, std::chrono::seconds timeout);

 private:
  InitChannel(Loop& loop, base::UniqueFd fd, ProcessTable& table, const base::Clock& clock,
              InitListener& listener);
  absl::Status Send(const std::string& message);
  void Receive();
  void OnMessage(init::Type type, std::span<const std::byte> message);
  void OnProcess(std::span<const std::byte> message);
  void OnRefused(std::span<const std::byte> message);
  void OnCrash(std::span<const std::byte> message);
  void OnWatchdogState(std::span<const std::byte> message);
  void KillLater(const std::string& id);

  Loop& loop_;
  const base::UniqueFd fd_;
  ProcessTable& table_;
  const base::Clock& clock_;
  InitListener& listener_;
  std::string buffer_;
};

// What init is asked for: the process's parameters in init's terms. InvalidArgument names a
// capability that does not exist.
absl::StatusOr<std::uint64_t> CapabilityMask(const services::ProcessSpec::Spec& process);

}  // namespace ichor
