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
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/store.h"
#include "lib/runtime/worker_pool.h"
#include "lib/state/state_service.h"
#include "lib/sys/linux_block_devices.h"
#include "lib/sys/linux_disk_eraser.h"
#include "lib/sys/linux_file_systems.h"
#include "lib/sys/linux_file_view.h"
#include "lib/sys/linux_kernel.h"
#include "lib/sys/linux_kernel_log.h"
#include "lib/sys/linux_kernel_values.h"
#include "lib/sys/linux_packet_capture.h"
#include "lib/sys/linux_sysfs.h"
#include "lib/sys/linux_udp.h"
#include "lib/sys/linux_uevents.h"
#include "lib/sys/volume/linux_efi_variables.h"
#include "lib/sys/volume/linux_mounts.h"
#include "lib/sys/volume/linux_programs.h"
#include "machined/announce/console_lines.h"
#include "machined/announce/service_journal.h"
#include "machined/announce/warning_echo.h"
#include "machined/api/api.h"
#include "machined/api/role_access.h"
#include "machined/block/discovery.h"
#include "machined/boot/power_control.h"
#include "machined/config/disk_storage.h"
#include "machined/config/node_config.h"
#include "machined/containers/container_host.h"
#include "machined/containers/container_logs.h"
#include "machined/containers/directory.h"
#include "machined/containers/memory_runtime.h"
#include "machined/containers/pods_end.h"
#include "machined/crashes/crash_log.h"
#include "machined/delivery/log_delivery.h"
#include "machined/etcd/health.h"
#include "machined/etcd/life.h"
#include "machined/events/event_bus.h"
#include "machined/files/rendered_files.h"
#include "machined/kernel/module_lists.h"
#include "machined/kubeprism/balancer.h"
#include "machined/kubernetes/static_pod_list.h"
#include "machined/log/log_store.h"
#include "machined/manifests/register.h"
#include "machined/meta/store.h"
#include "machined/node_object/register.h"
#include "machined/platform/register.h"
#include "machined/pod_status/register.h"
#include "machined/readiness/register.h"
#include "machined/saved_state.h"
#include "machined/secrets/api_secrets.h"
#include "machined/secrets/cluster_certificates.h"
#include "machined/services/health_checker.h"
#include "machined/services/init_channel.h"
#include "machined/services/late_services.h"
#include "machined/services/process_table.h"
#include "machined/serving_certificates/register.h"
#include "machined/slots/trial.h"
#include "machined/sources/config_search.h"
#include "machined/trustd/secrets.h"
#include "machined/volumes/space_watch.h"

namespace ichor::machined {

// Where the parts of a node lie; others in tests.
struct DaemonOptions {
  std::string run = "/system/run";  // sockets, checkpoint, what stage 1 left
  std::string etc = "/system/etc";  // the generated files
  std::string secrets = "/system/secrets";
  std::string configs = "/system/config";
  std::string pstore = "/sys/fs/pstore";
  bool checkpoint = true;        // begin with what the one before left
  bool last_known_good = false;  // as NodeConfig's
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
  void OnWatchdog(const WatchdogState& state) override;

  absl::StatusOr<std::string> Reboot(machine::RebootRequest::Mode mode) override;
  absl::StatusOr<std::string> Shutdown(bool force) override;
  absl::StatusOr<std::string> Reset(const machine::ResetRequest& request) override;

 private:
  Daemon(std::unique_ptr<Loop> loop, DaemonOptions options, const base::Clock& clock);
  absl::Status Start(base::UniqueFd init);
  absl::Status MakeDirectories() const;
  LateService MemoryService();
  void RegisterRooms(bool fresh);
  void RegisterClusterObjects();
  void ResolveHost(const std::string& host, absl::AnyInvocable<void(LogSender::Addresses)> done);
  absl::Status RegisterDisks();
  void RegisterNodeConfig(bool from_memory);
  absl::Status TellCommitted() const;
  void DeclareNetworkd();
  absl::Status ServeAll();
  void ReadEarlierCrashes();
  void OnSettled();
  std::string GoDown(boot::PowerRequest::Spec request, const std::string& sequence);
  bool EndMachine(const boot::PowerRequest::Spec& request);
  absl::Status WipeAll(const ichor::definitions::Wipe& wipe) const;

  const DaemonOptions options_;
  const base::Clock& clock_;
  const std::unique_ptr<Loop> loop_;
  sys::LinuxKernel kernel_;
  sys::LinuxFileView files_;
  sys::LinuxFileView tree_{sys::LinuxFileView::Links::kRefuse};
  sys::LinuxKernelLog kernel_log_;
  sys::LinuxPacketCaptures captures_;
  // Workers may hang in these: they live as long as the process.
  struct Doors {
    sys::LinuxSysfs sysfs;
    sys::LinuxBlockDevices block_devices;
    sys::LinuxDiskEraser eraser;
    sys::LinuxFileSystems file_systems;
    sys::LinuxKernelValues kernel_values;
    sys::LinuxPrograms programs;
    sys::LinuxMounts mounts;
    sys::LinuxEfiVariables efi_variables;
    DiskStorage storage{{.devices = block_devices,
                         .programs = programs,
                         .mounts = mounts,
                         .new_guid = disk::RandomGuid},
                        {},
                        {.devices = block_devices,
                         .eraser = eraser,
                         .variables = efi_variables,
                         .file_systems = file_systems,
                         .programs = programs,
                         .new_guid = disk::RandomGuid}};
  };
  Doors* const doors_ = new Doors;
  WorkerPool actuators_{4};
  WorkerPool api_workers_{1};
  Store store_{clock_};
  Runtime runtime_{*loop_, actuators_, store_, clock_};
  log::LogStore logs_;
  sys::LinuxUdp udp_{loop_->poller()};
  LogDelivery delivery_{
      {.doors = {.loop = *loop_,
                 .clock = clock_,
                 .udp = udp_,
                 .resolve = [this](const std::string& host,
                                   auto done) { ResolveHost(host, std::move(done)); }},
       .store = logs_,
       .kernel_log = kernel_log_}};
  Balancer kubeprism_{
      runtime_,
      {.loop = *loop_, .clock = clock_, .resolve = [this](const std::string& host, auto done) {
         ResolveHost(host, std::move(done));
       }}};
  events::EventBus events_{clock_};
  SavedState saved_;
  ProcessTable processes_{*loop_, runtime_, clock_};
  std::unique_ptr<InitChannel> init_;
  ContainerHost containers_{*loop_, runtime_, processes_, clock_};
  std::unique_ptr<ContainerLogs> container_logs_;
  ContainersOfNode container_directory_{
      {.loop = *loop_,
       .files = files_,
       .logins = [this] { return LoginsOf(runtime_.Read<cri::RegistryConfig>()); }},
      kCriSocket};
  MemoryRuntime memory_runtime_{
      {.loop = *loop_, .clock = clock_, .mounts = doors_->mounts, .on_needed = [this] {
         late_services_->OnSettled();
       }}};
  ContainersOfNode memory_containers_{
      {.loop = *loop_,
       .files = files_,
       .logins = [this] { return LoginsOf(runtime_.Read<cri::RegistryConfig>()); },
       .bring_up = [this](auto done) { memory_runtime_.BringUp(std::move(done)); }},
      kMemorySocket};
  PodsEnd pods_end_{*loop_, runtime_, clock_, kCriSocket};
  HealthChecker health_{*loop_, runtime_, clock_};
  PowerControl power_;
  std::unique_ptr<sys::LinuxUevents> uevents_;
  ModuleLists modules_{{.runtime = runtime_,
                        .loop = *loop_,
                        .executor = actuators_,
                        .clock = clock_,
                        .sysfs = doors_->sysfs}};
  std::unique_ptr<Discovery> disks_;
  std::unique_ptr<MetaStore> meta_;
  std::unique_ptr<SlotTrial> slot_;
  std::unique_ptr<ApiSecrets> secrets_;
  std::unique_ptr<ClusterCertificates> cluster_certificates_;
  std::unique_ptr<TrustdSecrets> trustd_secrets_;
  std::unique_ptr<LateServices> late_services_;
  std::unique_ptr<EtcdLife> etcd_;
  std::unique_ptr<EtcdHealth> etcd_health_;
  std::unique_ptr<StaticPodList> static_pods_;
  std::unique_ptr<RenderedFiles> rendered_files_;
  // Waits for API servers of Kubernetes, which may take their time.
  WorkerPool cluster_worker_{1};
  std::unique_ptr<ManifestRoom> manifests_;
  std::unique_ptr<NodeObject> node_object_;
  std::unique_ptr<ServingCertificates> serving_certificates_;
  // Waits for the kubelet, which asks an API server whether it may answer.
  WorkerPool kubelet_worker_{1};
  std::unique_ptr<PodStatuses> pod_statuses_;
  std::unique_ptr<Readiness> readiness_;
  WorkerPool disk_worker_{1};
  std::unique_ptr<NodeConfig> config_;
  std::unique_ptr<ConfigSearch> search_;
  std::unique_ptr<PlatformRoom> platform_;
  SpaceWatch space_{{.runtime = runtime_,
                     .loop = *loop_,
                     .clock = clock_,
                     .worker = actuators_,
                     .files = files_}};
  api::RoleAccess access_{[this](std::int32_t pid) { return processes_.IdOf(pid); }};
  ServiceJournal journal_{runtime_, events_, clock_, containers_};
  ConsoleLines console_{runtime_, events_};
  WarningEcho echo_;
  CrashLog crashes_{runtime_};
  enum class Wiping : std::uint8_t { kNot, kNow, kDone } wiping_ = Wiping::kNot;

  std::unique_ptr<api::MachineApi> api_;
  std::vector<std::unique_ptr<state::StateService>> states_;
  std::vector<std::unique_ptr<rpc::Server>> servers_;  // first to go
};

}  // namespace ichor::machined
