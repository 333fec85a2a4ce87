#include "machined/daemon.h"

#include <format>
#include <utility>

#include "ichor/boot.resources.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/base/version.h"
#include "lib/resource/time_proto.h"
#include "lib/runtime/definitions.h"
#include "lib/runtime/heap_trimmer.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"
#include "lib/sys/wait_status.h"
#include "machined/block/register.h"
#include "machined/boot/register.h"
#include "machined/crashes/pstore.h"
#include "machined/files/register.h"
#include "machined/hardware/register.h"
#include "machined/hostname/default_name.h"
#include "machined/hostname/register.h"
#include "machined/kernel/register.h"
#include "machined/meta/register.h"
#include "machined/secrets/register.h"
#include "machined/services/register.h"
#include "machined/slots/register.h"
#include "machined/sockets.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor::machined {
namespace {

constexpr sys::Ownership kApid{.uid = 50, .gid = 50};
constexpr sys::Ownership kNetworkd{.uid = 52, .gid = 52};
constexpr std::chrono::seconds kSaveInterval{1};
constexpr std::chrono::seconds kRebootGrace{10};
constexpr size_t kLongestEcho = 512;          // bytes of a line
constexpr size_t kLargestHistory = 16 << 20;  // bytes

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

template <class T>
Kind KindOf() {
  return TypeRef::Of<T>().kind;
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
      power_(*loop_, runtime_, clock_, [this](PowerControl::Action action) {
        return init_->Reboot(ActionOf(action), kRebootGrace).ok();
      }) {}

Daemon::~Daemon() = default;

absl::Status Daemon::Start(base::UniqueFd init) {
  base::Log(base::Severity::kInfo, "Ichor {} ({}) starts", base::kVersion, base::kVersionTag);
  RETURN_IF_ERROR(MakeDirectories());
  PublishDefinitions(store_);
  if (options_.checkpoint) {
    LoadAll();
  }
  power_.Begin();
  ASSIGN_OR_RETURN(init_, InitChannel::Create(*loop_, std::move(init), processes_, clock_, *this));
  RegisterRooms();
  secrets_ = RegisterSecrets(runtime_, *loop_, clock_);
  RETURN_IF_ERROR(RegisterDisks());
  DeclareNetworkd();
  RETURN_IF_ERROR(runtime_.Validate());
  secrets_->Start();
  runtime_.OnSettled([this] { OnSettled(); });
  ReadEarlierCrashes();
  return ServeAll();
}

void Daemon::Run() {
  const HeapTrimmer trimmer(*loop_, clock_);
  loop_->Run();
}

absl::Status Daemon::MakeDirectories() const {
  RETURN_IF_ERROR(sys::MakeDirectory(options_.run + "/checkpoint", {.mode = 0700}));
  return sys::MakeDirectory(options_.etc, {.mode = 0755});
}

void Daemon::RegisterRooms() {
  RegisterHostname(runtime_, kernel_);
  RegisterHostnameWishes(runtime_);
  RegisterServices(runtime_, *init_);
  RegisterFiles(runtime_, options_.etc);
  RegisterBoot(runtime_);
  RegisterHardware(runtime_, doors_->sysfs);
  RegisterKernel(runtime_, doors_->sysfs, {.name = "Ichor", .tag = std::string(base::kVersionTag)});
}

// What is said of disks, and kept on them.
absl::Status Daemon::RegisterDisks() {
  ASSIGN_OR_RETURN(uevents_, sys::LinuxUevents::Create());
  disks_ = RegisterBlock({.runtime = runtime_,
                          .loop = *loop_,
                          .executor = actuators_,
                          .clock = clock_,
                          .sysfs = doors_->sysfs,
                          .uevents = *uevents_,
                          .devices = doors_->block_devices},
                         ReadBootFacts(doors_->sysfs));
  meta_ = RegisterMeta({.runtime = runtime_,
                        .loop = *loop_,
                        .executor = actuators_,
                        .devices = doors_->block_devices});
  slot_ = RegisterSlots({.runtime = runtime_,
                         .loop = *loop_,
                         .clock = clock_,
                         .file_systems = doors_->file_systems,
                         .tell_init = [this] { return TellCommitted(); }},
                        ReadSlotFacts(doors_->sysfs));
  disks_->Start();
  return absl::OkStatus();
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
        TypeRef::Of<network::ResolverStatus>(), TypeRef::Of<HostnameWish>(),
        TypeRef::Of<network::LinkStatus>(), TypeRef::Of<time::TimeStatus>()}) {
    runtime_.SetExternal(type, true);
  }
}

absl::Status Daemon::ServeAll() {
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Server> machine,
                   Listen(*loop_, options_.run + "/machined/machine.sock", kApid));
  api_ = std::make_unique<api::MachineApi>(api::ApiContext{.loop = *loop_,
                                                           .runtime = runtime_,
                                                           .store = store_,
                                                           .clock = clock_,
                                                           .workers = api_workers_,
                                                           .kernel = kernel_,
                                                           .files = files_,
                                                           .kernel_log = kernel_log_,
                                                           .logs = logs_,
                                                           .events = events_,
                                                           .services = journal_,
                                                           .control = *this,
                                                           .access = access_});
  api_->Serve(*machine);
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Server> apid,
                   Listen(*loop_, options_.run + "/apid/runtime.sock", kApid));
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Server> networkd,
                   Listen(*loop_, options_.run + "/networkd/runtime.sock", kNetworkd));
  const std::pair<rpc::Server*, state::Authorize> peers[] = {{apid.get(), AuthorizeApid},
                                                             {networkd.get(), AuthorizeNetworkd}};
  for (const auto& [server, authorize] : peers) {
    state::StateServiceOptions options;
    options.handlers.authorize = authorize;
    states_.push_back(std::make_unique<state::StateService>(*loop_, store_, clock_, options));
    states_.back()->Serve(*server);
  }
  servers_.push_back(std::move(machine));
  servers_.push_back(std::move(apid));
  servers_.push_back(std::move(networkd));
  return absl::OkStatus();
}

CheckpointOptions Daemon::Checkpoint() const {
  std::vector<Kind> kinds = SecretsCheckpointKinds();
  kinds.push_back(KindOf<runtime::MachineStatus>());
  kinds.push_back(KindOf<boot::PowerRequest>());
  return {.path = options_.run + "/checkpoint/machined",
          .program = "machined",
          .kinds = std::move(kinds)};
}

void Daemon::LoadAll() {
  const absl::StatusOr<size_t> rows = LoadCheckpoint(store_, Checkpoint());
  if (rows.ok()) {
    base::Log(base::Severity::kInfo, "went on from a checkpoint of {} rows", *rows);
  } else if (!absl::IsNotFound(rows.status())) {
    base::Log(base::Severity::kError, "{}", base::MessageOf(rows.status()));
  }
  const absl::StatusOr<std::string> history =
      sys::ReadFile(options_.run + "/checkpoint/events", kLargestHistory);
  if (history.ok()) {
    if (const absl::Status restored = events_.Restore(*history); !restored.ok()) {
      base::Log(base::Severity::kError, "events: {}", base::MessageOf(restored));
    }
  }
}

void Daemon::SaveSoon() {
  if (!std::exchange(save_scheduled_, true)) {
    loop_->RunAt(clock_.Monotonic() + kSaveInterval, [this] {
      save_scheduled_ = false;
      Save();
    });
  }
}

// Encodes on the loop, which owns the state, and writes on a worker, since it waits for the disk.
void Daemon::Save() {
  const CheckpointOptions options = Checkpoint();
  std::string state = EncodeCheckpoint(CheckpointRows(store_, options.kinds), options).bytes;
  std::string history = events_.Save();
  std::string both = state + history;
  if (both == saved_) {
    return;
  }
  saved_ = std::move(both);
  api_workers_.Run("checkpoint", [path = options.path, events = options_.run + "/checkpoint/events",
                                  state = std::move(state), history = std::move(history)] {
    absl::Status status = sys::WriteFileAtomically(path, state, 0600);
    status.Update(sys::WriteFileAtomically(events, history, 0600));
    if (!status.ok()) {
      base::Log(base::Severity::kError, "checkpoint: {}", base::MessageOf(status));
    }
  });
}

void Daemon::OnSettled() {
  health_.OnSettled();
  power_.OnSettled();
  slot_->OnSettled();
  journal_.OnSettled();
  console_.OnSettled();
  if (!power_saved_ && !runtime_.Read<boot::PowerRequest>().empty()) {
    power_saved_ = true;
    Save();  // at once: services end now, and machined may
  }
  SaveSoon();
}

void Daemon::OnLog(std::string_view id, std::string_view bytes) {
  logs_.Append(id, bytes);
  if (id != init::kMachinedId) {
    Echo(id, bytes);
  }
}

// Warnings and errors of services are said on the console too: a node that cannot be reached says
// why.
void Daemon::Echo(std::string_view id, std::string_view bytes) {
  std::string& line = unfinished_[std::string(id)];
  for (const char c : bytes) {
    if (c != '\n') {
      line.append(line.size() < kLongestEcho ? 1 : 0, c);
      continue;
    }
    if (line.starts_with("warning: ") || line.starts_with("error: ")) {
      base::Log(base::Severity::kWarning, "{}: {}", id, line);
    }
    line.clear();
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

void Daemon::OnPower(init::PowerCause cause) {
  if (const absl::Status taken = init_->TakePower(); !taken.ok()) {
    base::Log(base::Severity::kError, "init: {}", base::MessageOf(taken));
  }
  if (cause == init::PowerCause::kPowerButton) {
    GoDown(boot::PowerRequest::Spec::POWER_OFF, "shutdown");
  } else {
    GoDown(boot::PowerRequest::Spec::RESTART, "reboot");
  }
}

absl::StatusOr<std::string> Daemon::Reboot(machine::RebootRequest::Mode /*mode*/) {
  return GoDown(boot::PowerRequest::Spec::RESTART, "reboot");
}

absl::StatusOr<std::string> Daemon::Shutdown(bool /*force*/) {
  return GoDown(boot::PowerRequest::Spec::POWER_OFF, "shutdown");
}

// Begins the end, and says so in the events that clients follow. Returns their actor.
std::string Daemon::GoDown(PowerControl::Action action, const std::string& sequence) {
  std::string actor = events::EventBus::NewActorId();
  base::Log(base::Severity::kInfo, "{} begins", sequence);
  machine::SequenceEvent begin;
  begin.set_sequence(sequence);
  begin.set_action(machine::SequenceEvent::START);
  events_.Publish(begin, actor);
  machine::TaskEvent stop;
  stop.set_task("stopAllServices");
  stop.set_action(machine::TaskEvent::START);
  events_.Publish(stop, actor);
  power_.Request(action, actor);
  return actor;
}

}  // namespace ichor::machined
