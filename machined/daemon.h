// machined put together: the only place that names every room of it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "lib/base/clock.h"
#include "lib/base/unique_fd.h"
#include "lib/rpc/server.h"
#include "lib/runtime/checkpoint.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/store.h"
#include "lib/runtime/worker_pool.h"
#include "lib/state/state_service.h"
#include "lib/sys/linux_block_devices.h"
#include "lib/sys/linux_file_systems.h"
#include "lib/sys/linux_file_view.h"
#include "lib/sys/linux_kernel.h"
#include "lib/sys/linux_kernel_log.h"
#include "lib/sys/linux_sysfs.h"
#include "lib/sys/linux_uevents.h"
#include "machined/announce/console_lines.h"
#include "machined/announce/service_journal.h"
#include "machined/api/api.h"
#include "machined/api/role_access.h"
#include "machined/block/discovery.h"
#include "machined/boot/power_control.h"
#include "machined/crashes/crash_log.h"
#include "machined/events/event_bus.h"
#include "machined/log/log_store.h"
#include "machined/meta/store.h"
#include "machined/secrets/maintenance_secrets.h"
#include "machined/services/health_checker.h"
#include "machined/services/init_channel.h"
#include "machined/services/process_table.h"
#include "machined/slots/trial.h"

namespace ichor::machined {

// Where the parts of a node lie; others in tests.
struct DaemonOptions {
  std::string run = "/system/run";  // sockets, checkpoint, what stage 1 left
  std::string etc = "/system/etc";  // the generated files
  std::string pstore = "/sys/fs/pstore";
  bool checkpoint = true;  // begin with what the one before left
};

class Daemon : public InitListener, public api::MachineControl {
 public:
  // `init` is the channel to init. `clock` outlives the process's threads.
  static absl::StatusOr<std::unique_ptr<Daemon>> Create(base::UniqueFd init, DaemonOptions options,
                                                        const base::Clock& clock);
  ~Daemon() override;

  // Runs for ever.
  void Run();

  void OnLog(std::string_view id, std::string_view bytes) override;
  void OnLogLost(std::string_view id, std::uint64_t bytes) override;
  void OnCrash(const CrashRecord& crash) override;
  void OnPower(init::PowerCause cause) override;

  absl::StatusOr<std::string> Reboot(machine::RebootRequest::Mode mode) override;
  absl::StatusOr<std::string> Shutdown(bool force) override;

 private:
  Daemon(std::unique_ptr<Loop> loop, DaemonOptions options, const base::Clock& clock);
  absl::Status Start(base::UniqueFd init);
  absl::Status MakeDirectories() const;
  void RegisterRooms();
  absl::Status RegisterDisks();
  absl::Status TellCommitted() const;
  void DeclareNetworkd();
  absl::Status ServeAll();
  CheckpointOptions Checkpoint() const;
  void LoadAll();
  void SaveSoon();
  void Save();
  void ReadEarlierCrashes();
  void Echo(std::string_view id, std::string_view bytes);
  void OnSettled();
  std::string GoDown(PowerControl::Action action, const std::string& sequence);

  const DaemonOptions options_;
  const base::Clock& clock_;
  const std::unique_ptr<Loop> loop_;
  sys::LinuxKernel kernel_;
  sys::LinuxFileView files_;
  sys::LinuxKernelLog kernel_log_;
  // Workers may hang in these: they live as long as the process.
  struct Doors {
    sys::LinuxSysfs sysfs;
    sys::LinuxBlockDevices block_devices;
    sys::LinuxFileSystems file_systems;
  };
  Doors* const doors_ = new Doors;
  WorkerPool actuators_{4};
  WorkerPool api_workers_{1};
  Store store_{clock_};
  Runtime runtime_{*loop_, actuators_, store_, clock_};
  log::LogStore logs_;
  events::EventBus events_{clock_};
  ProcessTable processes_{*loop_, runtime_, clock_};
  std::unique_ptr<InitChannel> init_;
  HealthChecker health_{*loop_, runtime_, clock_};
  PowerControl power_;
  std::unique_ptr<sys::LinuxUevents> uevents_;
  std::unique_ptr<Discovery> disks_;
  std::unique_ptr<MetaStore> meta_;
  std::unique_ptr<SlotTrial> slot_;
  std::unique_ptr<MaintenanceSecrets> secrets_;
  api::RoleAccess access_{[this](std::int32_t pid) { return processes_.IdOf(pid); }};
  ServiceJournal journal_{runtime_, events_, clock_};
  ConsoleLines console_{runtime_, events_};
  CrashLog crashes_{runtime_};
  std::map<std::string, std::string, std::less<>> unfinished_;  // last lines, by who writes them
  bool save_scheduled_ = false;
  bool power_saved_ = false;  // the order to go down is in the checkpoint
  std::string saved_;         // the checkpoint as it is on disk

  std::unique_ptr<api::MachineApi> api_;
  std::vector<std::unique_ptr<state::StateService>> states_;
  std::vector<std::unique_ptr<rpc::Server>> servers_;  // first to go
};

}  // namespace ichor::machined
