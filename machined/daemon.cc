#include "machined/daemon.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <utility>

#include "ichor/boot.resources.h"
#include "ichor/network.resources.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/base/version.h"
#include "lib/http/client.h"
#include "lib/kube/connection.h"
#include "lib/resource/time_proto.h"
#include "lib/runtime/definitions.h"
#include "lib/runtime/heap_trimmer.h"
#include "lib/sys/file.h"
#include "lib/sys/host_names.h"
#include "lib/sys/ownership.h"
#include "lib/sys/wait_status.h"
#include "machined/arguments/policy.h"
#include "machined/block/register.h"
#include "machined/boot/register.h"
#include "machined/config/coverage/coverage.h"
#include "machined/config/register.h"
#include "machined/crashes/pstore.h"
#include "machined/cri/register.h"
#include "machined/environment/policy.h"
#include "machined/etcd/register.h"
#include "machined/files/register.h"
#include "machined/files/user_files.h"
#include "machined/foresight/foresee.h"
#include "machined/hardware/register.h"
#include "machined/hostname/register.h"
#include "machined/hostname/wishes.h"
#include "machined/identity/machine_id.h"
#include "machined/install/disks_now.h"
#include "machined/kernel/register.h"
#include "machined/kubelet/register.h"
#include "machined/kubernetes/register.h"
#include "machined/meta/register.h"
#include "machined/modules/register.h"
#include "machined/network/register.h"
#include "machined/parameters/register.h"
#include "machined/reset/plan.h"
#include "machined/secrets/recovery.h"
#include "machined/secrets/register.h"
#include "machined/services/register.h"
#include "machined/slots/register.h"
#include "machined/sockets.h"
#include "machined/sources/download_options.h"
#include "machined/trustd/register.h"
#include "machined/udev/register.h"
#include "machined/volumes/wish.h"
#include "machined/watchdog/register.h"
#include "machined/wipe/wiper.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/time/time.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor::machined {
namespace {

constexpr sys::Ownership kApid{.uid = 50, .gid = 50};
constexpr sys::Ownership kTrustd{.uid = 51, .gid = 51};
constexpr sys::Ownership kNetworkd{.uid = 52, .gid = 52};
constexpr std::chrono::seconds kRebootGrace{10};

init::RebootAction ActionOf(PowerControl::Action action) {
  switch (action) {
    case boot::PowerRequest::Spec::POWER_OFF:
      return init::RebootAction::kPowerOff;
    case boot::PowerRequest::Spec::HALT:
      return init::RebootAction::kHalt;
    default:
      return init::RebootAction::kRestart;
  }
}

boot::PowerRequest::Spec RequestOf(PowerControl::Action action) {
  boot::PowerRequest::Spec request;
  request.set_action(action);
  return request;
}

// What the node takes and does not act on, those of security first.
std::vector<std::string> WarningsOf(const config::Config& config) {
  std::vector<std::string> warnings;
  for (const Unacted& unacted : NotActedOn(config)) {
    warnings.push_back(std::format("{}: {}", unacted.path, unacted.sentence));
  }
  for (const std::string& left_out : EnvironmentOf("", &config).left_out) {
    warnings.push_back(std::format("environment: {}", left_out));
  }
  return warnings;
}

// For volumes that are not on the system's disk `dev_path`.
OtherDisks DisksBeside(const config::Config& config, const DisksAtHand& at_hand,
                       const std::string& dev_path) {
  OtherDisks others;
  for (const auto& row : at_hand.disks) {
    if (row.id() != at_hand.booted && row.spec().secondary_disks().empty() && !row.spec().cdrom()) {
      others.disks.push_back(row.spec().dev_path());
    }
  }
  others.chosen =
      ChooseEphemeralDisk(EphemeralWishOf(config).disk_expression,
                          {.id = at_hand.booted, .dev_path = "", .booted = true}, at_hand);
  if (others.chosen.ok() && others.chosen->empty()) {
    others.chosen = absl::NotFoundError("the system's disk has no EPHEMERAL");
  }
  for (const VolumeWish& wish : VolumeWishesOf(config)) {
    others.volumes.emplace(
        wish.label(),
        ChooseVolumeDisks(wish.label(), wish.disk_expression,
                          {.id = at_hand.booted, .dev_path = dev_path, .booted = true}, at_hand));
  }
  return others;
}

// Which of the volumes with a partition are on the system's disk. An error for one that no disk can
// take.
absl::StatusOr<std::vector<std::string>> VolumesOn(const DiskChoice& system,
                                                   const config::Config& config,
                                                   const DisksAtHand& at_hand) {
  std::vector<std::string> labels;
  for (const VolumeWish& wish : VolumeWishesOf(config)) {
    ASSIGN_OR_RETURN(const std::vector<std::string> disks,
                     ChooseVolumeDisks(wish.label(), wish.disk_expression, system, at_hand));
    if (std::ranges::contains(disks, system.dev_path)) {
      labels.push_back(wish.label());
    }
  }
  return labels;
}

std::unique_ptr<kube::Api> NewConnection(const kube::Access& access) {
  return std::make_unique<kube::Connection>(access);
}

template <class T>
Kind KindOf() {
  return TypeRef::Of<T>().kind;
}

// The rows that one machined leaves for the next.
std::vector<Kind> SavedKinds() {
  std::vector<Kind> kinds = SecretsCheckpointKinds();
  std::ranges::move(KubernetesCheckpointKinds(), std::back_inserter(kinds));
  std::ranges::move(EtcdCheckpointKinds(), std::back_inserter(kinds));
  kinds.push_back(KindOf<runtime::MachineStatus>());
  kinds.push_back(KindOf<network::PlatformFile>());
  return kinds;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Create(base::UniqueFd init, DaemonOptions options,
                                                       const base::Clock& clock) {
  ASSIGN_OR_RETURN(std::unique_ptr<Loop> loop, Loop::Create(clock));
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(loop), std::move(options), clock));
  RETURN_IF_ERROR(daemon->Start(std::move(init)));
  return daemon;
}

Daemon::Daemon(std::unique_ptr<Loop> loop, DaemonOptions options, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      loop_(std::move(loop)),
      saved_({.store = store_,
              .events = events_,
              .loop = *loop_,
              .clock = clock_,
              .worker = api_workers_,
              .directory = options_.run + "/checkpoint"},
             SavedKinds()),
      power_(*loop_, runtime_, clock_, options_.run + "/checkpoint/power",
             [this](const boot::PowerRequest::Spec& request) { return EndMachine(request); }) {}

Daemon::~Daemon() = default;

absl::Status Daemon::Start(base::UniqueFd init) {
  base::Log(base::Severity::kInfo, "Ichor {} ({}) starts", base::kVersion, base::kVersionTag);
  RETURN_IF_ERROR(MakeDirectories());
  PublishDefinitions(store_);
  const bool fresh = options_.checkpoint && !saved_.Load();
  power_.Begin(options_.checkpoint);
  ASSIGN_OR_RETURN(init_, InitChannel::Create(*loop_, std::move(init), processes_, clock_, *this));
  RegisterRooms(fresh);
  secrets_ = RegisterSecrets(runtime_, *loop_, clock_);
  cluster_certificates_ = RegisterClusterCertificates(runtime_, *loop_, clock_);
  trustd_secrets_ = RegisterTrustd(runtime_, *loop_, clock_);
  late_services_ = std::make_unique<LateServices>(
      runtime_,
      std::vector<LateService>{EtcdService(), KubeletService(), TrustdService(), MemoryService()},
      fresh);
  RETURN_IF_ERROR(RegisterDisks());
  DeclareNetworkd();
  RETURN_IF_ERROR(runtime_.Validate());
  runtime_.OnSettled([this] { OnSettled(); });
  ReadEarlierCrashes();
  return ServeAll();
}

LateService Daemon::MemoryService() {
  return LateServiceOf<boot::PowerRequest, runtime::Environment>(
      "containers.memory-service",
      [this](const auto&... rows) { return memory_runtime_.Define(rows...); });
}

void Daemon::Run() {
  const HeapTrimmer trimmer(*loop_, clock_);
  loop_->Run();
}

absl::Status Daemon::MakeDirectories() const {
  RETURN_IF_ERROR(sys::MakeDirectory(options_.run + "/checkpoint", {.mode = 0700}));
  return sys::MakeDirectory(options_.etc, {.mode = 0755});
}

void Daemon::RegisterRooms(bool fresh) {
  RegisterHostname(runtime_, kernel_);
  RegisterHostnameWishes(runtime_);
  RegisterNetwork(runtime_);
  platform_ =
      std::make_unique<PlatformRoom>(PlatformRoom::Parts{.runtime = runtime_,
                                                         .loop = *loop_,
                                                         .clock = clock_,
                                                         .file_systems = doors_->file_systems,
                                                         .worker = actuators_});
  RegisterServices(runtime_, *init_, containers_);
  RegisterFiles(runtime_, doors_->mounts, {.generated = options_.etc});
  RegisterUserFiles(runtime_);
  runtime_.Reconcile("identity.render-machine-id", RenderMachineId);
  RegisterBoot(runtime_);
  RegisterCri(runtime_, doors_->mounts, {});
  RegisterKubelet(runtime_, {});
  RegisterHardware(runtime_, doors_->sysfs);
  runtime_.Reconcile("config.diagnose-coverage", DiagnoseCoverage);
  RegisterParameters(runtime_, doors_->kernel_values, options_.run + "/checkpoint/parameters");
  RegisterModules(runtime_, doors_->programs);
  RegisterUdev(runtime_, doors_->programs, "/run/udev/rules.d");
  RegisterWatchdog(runtime_, *init_);
  etcd_ = RegisterEtcd({.runtime = runtime_, .loop = *loop_, .clock = clock_, .worker = actuators_},
                       options_.secrets);
  etcd_health_ = std::make_unique<EtcdHealth>(
      EtcdHealth::Parts{.runtime = runtime_, .loop = *loop_, .clock = clock_, .etcd = *etcd_});
  static_pods_ = RegisterKubernetes(runtime_, *loop_, options_.secrets, options_.configs, fresh);
  rendered_files_ = std::make_unique<RenderedFiles>(
      runtime_, *loop_,
      std::vector<std::string>{options_.secrets, options_.configs, "/etc/kubernetes",
                               "/system/resolved", options_.etc + "/overlay/files/cri"});
  RegisterKubePrism(runtime_, *loop_, kubeprism_);
  RegisterClusterObjects();
  RegisterDelivery(runtime_, *loop_, delivery_);
  RegisterKernel(runtime_, doors_->sysfs, {.name = "Ichor", .tag = std::string(base::kVersionTag)});
}

// What the node says to the API of its cluster.
void Daemon::RegisterClusterObjects() {
  const auto parts_with = [this](Executor& worker) {
    return ClusterTask::Parts{
        .loop = *loop_, .clock = clock_, .worker = worker, .new_api = NewConnection};
  };
  manifests_ = std::make_unique<ManifestRoom>(runtime_, parts_with(cluster_worker_), [this] {
    return http::Client::Create(*loop_, clock_, DownloadOptionsNow(runtime_));
  });
  node_object_ = std::make_unique<NodeObject>(runtime_, parts_with(cluster_worker_));
  serving_certificates_ =
      std::make_unique<ServingCertificates>(runtime_, parts_with(cluster_worker_));
  pod_statuses_ = std::make_unique<PodStatuses>(runtime_, parts_with(kubelet_worker_));
  readiness_ = std::make_unique<Readiness>(runtime_, parts_with(kubelet_worker_));
}

// On a worker: name servers may take their time.
void Daemon::ResolveHost(const std::string& host,
                         absl::AnyInvocable<void(LogSender::Addresses)> done) {
  actuators_.Run("resolve", [mailbox = loop_->mailbox(), host, done = std::move(done)]() mutable {
    mailbox->Post([done = std::move(done), addresses = sys::AddressesOfHost(host)]() mutable {
      done(std::move(addresses));
    });
  });
}

// What is said of disks, and kept on them.
absl::Status Daemon::RegisterDisks() {
  ASSIGN_OR_RETURN(uevents_, sys::LinuxUevents::Create());
  const BootFacts facts = ReadBootFacts(doors_->sysfs);
  RegisterNodeConfig(!facts.system_disk.has_value());
  disks_ = RegisterBlock(
      {.runtime = runtime_,
       .loop = *loop_,
       .executor = actuators_,
       .clock = clock_,
       .sysfs = doors_->sysfs,
       .uevents = *uevents_,
       .devices = doors_->block_devices,
       .on_other_event = [this](const sys::Uevent& event) { modules_.OnUevent(event); }},
      facts);
  meta_ = RegisterMeta({.runtime = runtime_,
                        .loop = *loop_,
                        .executor = actuators_,
                        .devices = doors_->block_devices});
  RegisterRecovery(runtime_, *loop_, *meta_, *secrets_);
  slot_ = RegisterSlots({.runtime = runtime_,
                         .loop = *loop_,
                         .clock = clock_,
                         .file_systems = doors_->file_systems,
                         .tell_init = [this] { return TellCommitted(); }},
                        ReadSlotFacts(doors_->sysfs));
  disks_->Start();
  return absl::OkStatus();
}

void Daemon::RegisterNodeConfig(bool from_memory) {
  config_ = std::make_unique<NodeConfig>(NodeConfig::Parts{
      .runtime = runtime_,
      .loop = *loop_,
      .clock = clock_,
      .disk_worker = disk_worker_,
      .storage = doors_->storage,
      .reboot = [this] { GoDown(RequestOf(boot::PowerRequest::Spec::RESTART), "reboot"); },
      .last_known_good = options_.last_known_good,
      .choose = [this](const config::Config& config,
                       const std::string& disk) -> absl::StatusOr<DiskChoice> {
        RETURN_IF_ERROR(CheckUserFiles(config));
        ASSIGN_OR_RETURN(KernelArguments arguments, KernelArgumentsOf(config));
        const DisksAtHand at_hand = DisksNow(runtime_, doors_->sysfs, disk);
        ASSIGN_OR_RETURN(DiskChoice choice, ChooseDisk(config, at_hand));
        ASSIGN_OR_RETURN(
            choice.ephemeral,
            ChooseEphemeralDisk(EphemeralWishOf(config).disk_expression, choice, at_hand));
        ASSIGN_OR_RETURN(choice.volumes, VolumesOn(choice, config, at_hand));
        choice.arguments = std::move(arguments.words);
        return choice;
      },
      .others =
          [this](const config::Config& config, const std::string& disk) {
            return DisksBeside(config, DisksNow(runtime_, doors_->sysfs, disk), disk);
          },
      .check =
          [this](const config::Config& before, const config::Config& after) {
            absl::Status status = CheckUserFiles(after);
            status.Update(KernelArgumentsOf(after).status());
            status.Update(CheckVolumeChange(before, after, runtime_.Read<block::VolumeStatus>()));
            return status;
          },
      .warn = WarningsOf,
      .foresee =
          [this](const config::Config& config, const Caller& caller) {
            absl::StatusOr<ConfigForesight> seen =
                Foresee(store_, runtime_.Reconcilers(), NodeConfig::kSource, config, caller);
            return seen.ok() ? *std::move(seen)
                             : ConfigForesight{.warnings = {std::string(seen.status().message())}};
          },
      .from_memory = from_memory});
  RegisterConfig(runtime_, *loop_, *config_, from_memory ? &doors_->block_devices : nullptr);
  search_ = std::make_unique<ConfigSearch>(
      ConfigSearch::Parts{.runtime = runtime_,
                          .loop = *loop_,
                          .clock = clock_,
                          .file_systems = doors_->file_systems,
                          .config = *config_,
                          .on_error = [this](const std::string& error) {
                            machine::ConfigLoadErrorEvent event;
                            event.set_error(error);
                            events_.Publish(event);
                          }});
}

// To init, and to those who come after this machined. On a worker.
absl::Status Daemon::TellCommitted() const {
  RETURN_IF_ERROR(init_->SetCommitted(true));
  return sys::WriteFileAtomically(options_.run + "/boot/committed", "1\n", 0644);
}

// What networkd makes of the network is known from the start, as nothing: the machine's status must
// not wait for it.
void Daemon::DeclareNetworkd() {
  for (const TypeRef& type :
       {TypeRef::Of<network::NetworkStatus>(), TypeRef::Of<network::NodeAddress>(),
        TypeRef::Of<network::ResolverStatus>(), TypeRef::Of<network::HostDNSConfig>(),
        TypeRef::Of<HostnameWish>(), TypeRef::Of<network::LinkStatus>(),
        TypeRef::Of<time::TimeStatus>()}) {
    runtime_.SetExternal(type, true);
  }
}

absl::Status Daemon::ServeAll() {
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Server> machine,
                   Listen(*loop_, options_.run + "/machined/machine.sock", kApid));
  api_ = std::make_unique<api::MachineApi>(
      api::ApiContext{.loop = *loop_,
                      .runtime = runtime_,
                      .store = store_,
                      .clock = clock_,
                      .workers = api_workers_,
                      .kernel = kernel_,
                      .files = files_,
                      .tree = tree_,
                      .kernel_log = kernel_log_,
                      .captures = captures_,
                      .block_devices = doors_->block_devices,
                      .eraser = doors_->eraser,
                      .on_disks_changed = [this] { disks_->Refresh(); },
                      .logs = logs_,
                      .events = events_,
                      .meta = *meta_,
                      .services = journal_,
                      .control = *this,
                      .access = access_,
                      .config = *config_,
                      .etcd = *etcd_,
                      .cluster_worker = cluster_worker_,
                      .new_api = NewConnection,
                      .containers = container_directory_,
                      .memory_containers = memory_containers_});
  api_->Serve(*machine);
  ASSIGN_OR_RETURN(container_logs_,
                   ContainerLogs::Create(
                       *loop_, options_.run + "/machined/container-logs.sock",
                       [this](std::string_view id, std::string_view bytes) { OnLog(id, bytes); }));
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Server> apid,
                   Listen(*loop_, options_.run + "/apid/runtime.sock", kApid));
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Server> networkd,
                   Listen(*loop_, options_.run + "/networkd/runtime.sock", kNetworkd));
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Server> trustd,
                   Listen(*loop_, options_.run + "/trustd/runtime.sock", kTrustd));
  const std::pair<rpc::Server*, state::Authorize> peers[] = {{apid.get(), AuthorizeApid},
                                                             {networkd.get(), AuthorizeNetworkd},
                                                             {trustd.get(), AuthorizeTrustd}};
  for (const auto& [server, authorize] : peers) {
    state::StateServiceOptions options;
    options.handlers.authorize = authorize;
    states_.push_back(std::make_unique<state::StateService>(*loop_, store_, clock_, options));
    states_.back()->Serve(*server);
  }
  servers_.push_back(std::move(machine));
  servers_.push_back(std::move(apid));
  servers_.push_back(std::move(networkd));
  servers_.push_back(std::move(trustd));
  return absl::OkStatus();
}

void Daemon::OnSettled() {
  late_services_->OnSettled();
  health_.OnSettled();
  containers_.OnSettled();
  pods_end_.OnSettled();
  power_.OnSettled();
  slot_->OnSettled();
  modules_.OnSettled();
  search_->OnSettled();
  platform_->OnSettled();
  etcd_->OnSettled();
  etcd_health_->OnSettled();
  readiness_->OnSettled();
  journal_.OnSettled();
  console_.OnSettled();
  for (const auto& service : runtime_.Read<v1alpha1::Service>()) {
    logs_.Declare(service.id());  // empty until it says something
  }
  saved_.SaveSoon();
}

void Daemon::OnLog(std::string_view id, std::string_view bytes) {
  logs_.Append(id, bytes);
  delivery_.OnLog(id);
  if (id == "kubelet" && readiness_ != nullptr) {
    readiness_->OnKubeletLog(bytes);
  }
  if (id != init::kMachinedId) {
    echo_.Append(id, bytes);
  }
}

void Daemon::OnLogLost(std::string_view id, std::uint64_t bytes) {
  logs_.EndLine(id);
  logs_.Append(id, std::format("[{} bytes of the log are lost]\n", bytes));
}

void Daemon::OnCrash(const CrashRecord& crash) {
  base::Log(base::Severity::kWarning, "crash {}: {} (process {}) was {}", crash.number, crash.id,
            crash.pid, sys::DescribeWaitStatus(crash.wait_status));
  boot::CrashRecord::Spec record;
  *record.mutable_time() = ToProto(crash.time);
  record.set_process(crash.id);
  record.set_pid(crash.pid);
  record.set_ended(sys::DescribeWaitStatus(crash.wait_status));
  record.set_log(crash.log);
  crashes_.Add(crash.number, std::move(record));
}

void Daemon::ReadEarlierCrashes() {
  api_workers_.Run("pstore", [this, mailbox = loop_->mailbox(), directory = options_.pstore] {
    auto crashes = ReadPstore(files_, directory, [](const std::string& path) {
      if (const absl::Status removed = sys::RemoveFile(path); !removed.ok()) {
        base::Log(base::Severity::kWarning, "pstore: {}", base::MessageOf(removed));
      }
    });
    if (crashes.ok()) {
      mailbox->Post([this, crashes = *std::move(crashes)] { crashes_.SetEarlier(crashes); });
    }
  });
}

void Daemon::OnWatchdog(const WatchdogState& state) {
  StateWatchdog(runtime_, state);
}

void Daemon::OnPower(init::PowerCause cause) {
  if (const absl::Status taken = init_->TakePower(); !taken.ok()) {
    base::Log(base::Severity::kError, "init: {}", base::MessageOf(taken));
  }
  if (cause == init::PowerCause::kPowerButton) {
    GoDown(RequestOf(boot::PowerRequest::Spec::POWER_OFF), "shutdown");
  } else {
    GoDown(RequestOf(boot::PowerRequest::Spec::RESTART), "reboot");
  }
}

absl::StatusOr<std::string> Daemon::Reboot(machine::RebootRequest::Mode /*mode*/) {
  return GoDown(RequestOf(boot::PowerRequest::Spec::RESTART), "reboot");
}

absl::StatusOr<std::string> Daemon::Reset(const machine::ResetRequest& request) {
  ASSIGN_OR_RETURN(
      ichor::definitions::Wipe wipe,
      PlanReset(request,
                {.devices = runtime_.Read<block::BlockDevice>(),
                 .system_disks = runtime_.Read<block::SystemDisk>(),
                 .volumes = runtime_.Read<block::DiscoveredVolume>(),
                 .uses = ParseUses(sys::ReadAttribute(doors_->sysfs, "/proc/self/mountinfo"),
                                   sys::ReadAttribute(doors_->sysfs, "/proc/swaps"))}));
  boot::PowerRequest::Spec power = RequestOf(
      request.reboot() ? boot::PowerRequest::Spec::RESTART : boot::PowerRequest::Spec::POWER_OFF);
  *power.mutable_wipe() = std::move(wipe);
  if (request.graceful()) {
    etcd_->LeaveOnTheWayDown();
  }
  return GoDown(std::move(power), "reset");
}

absl::StatusOr<std::string> Daemon::Shutdown(bool /*force*/) {
  return GoDown(RequestOf(boot::PowerRequest::Spec::POWER_OFF), "shutdown");
}

// Begins the end, and says so in the events that clients follow. Returns their actor.
std::string Daemon::GoDown(boot::PowerRequest::Spec request, const std::string& sequence) {
  std::string actor = events::EventBus::NewActorId();
  machine::SequenceEvent begin;
  begin.set_sequence(sequence);
  begin.set_action(machine::SequenceEvent::START);
  events_.Publish(begin, actor);
  machine::TaskEvent stop;
  stop.set_task("stopAllServices");
  stop.set_action(machine::TaskEvent::START);
  events_.Publish(stop, actor);
  request.set_actor_id(actor);
  power_.Request(request);
  base::Log(base::Severity::kInfo, "{} begins", sequence);
  saved_.Save();  // at once: services end now, and machined may
  return actor;
}

// All services have ended, or had their time. False while there is still something to wipe.
bool Daemon::EndMachine(const boot::PowerRequest::Spec& request) {
  if (request.has_wipe() && wiping_ == Wiping::kNot) {
    wiping_ = Wiping::kNow;
    disk_worker_.Run("reset", [this, wipe = request.wipe(), mailbox = loop_->mailbox()] {
      if (const absl::Status wiped = WipeAll(wipe); !wiped.ok()) {
        base::Log(base::Severity::kError, "reset: {}", base::MessageOf(wiped));
      }
      mailbox->Post([this] { wiping_ = Wiping::kDone; });
    });
  }
  return wiping_ != Wiping::kNow && init_->Reboot(ActionOf(request.action()), kRebootGrace).ok();
}

// On a worker. Other disks first: while the system's is whole, a reset can be asked for again.
absl::Status Daemon::WipeAll(const ichor::definitions::Wipe& wipe) const {
  for (const std::string& disk : wipe.disks()) {
    RETURN_IF_ERROR(WipeDisk(doors_->eraser, doors_->block_devices, disk));
  }
  if (!wipe.system_disk() && wipe.partitions().empty()) {
    return absl::OkStatus();
  }
  return doors_->storage.Wipe(config_->disk(), {wipe.partitions().begin(), wipe.partitions().end()},
                              wipe.system_disk());
}

}  // namespace ichor::machined
