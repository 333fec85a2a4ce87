#include "machined/etcd/life.h"

#include <algorithm>
#include <format>
#include <utility>

#include "ichor/kubelet.resources.h"
#include "ichor/service.resources.h"
#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/disk/system_table.h"
#include "machined/etcd/leave.h"
#include "machined/etcd/policy.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor {
namespace {

using etcd::EtcdConfig;
using etcd::EtcdDataStatus;
using services::ServiceState;
using State = ServiceState::Spec;

absl::Status Nothing(const EtcdDirectory& /*directory*/) {
  return absl::OkStatus();
}

bool IsOfType(Runtime& runtime, resource::config::MachineType type) {
  const All<config::MachineType> rows = runtime.Read<config::MachineType>();
  return !rows.empty() && rows.front().spec().machine_type() == type;
}

bool IsControlPlane(Runtime& runtime) {
  return IsOfType(runtime, resource::config::CONTROL_PLANE) ||
         IsOfType(runtime, resource::config::INIT);
}

bool TimeIsRight(Runtime& runtime) {
  return std::ranges::any_of(runtime.Read<time::TimeStatus>(), [](const auto& row) {
    return row.spec().synced() || row.spec().sync_disabled();
  });
}

// A machine of the old type `init` is one that nobody has to ask.
bool BeginsByItself(Runtime& runtime) {
  return IsOfType(runtime, resource::config::INIT) && TimeIsRight(runtime);
}

absl::Status NoControlPlane() {
  return absl::UnimplementedError("this is only available on control plane nodes");
}

}  // namespace

EtcdLife::EtcdLife(Parts parts) : parts_(std::move(parts)) {
  const All<EtcdDataStatus> rows = parts_.runtime.Read<EtcdDataStatus>();
  parts_.runtime.AddSource<EtcdDataStatus>(kSource);
  if (!rows.empty()) {
    data_ = rows.front().spec();
    Publish();
  }
}

// Whether etcd is to have data here. Only to be asked once that is known.
bool EtcdLife::IsWanted() {
  const All<block::MountStatus> mounts = parts_.runtime.Read<block::MountStatus>();
  return !parts_.runtime.Read<EtcdConfig>().empty() &&
         mounts.find(disk::kEphemeral) != mounts.end();
}

void EtcdLife::LeaveOnTheWayDown() {
  leaving_ = data_.has_value();
  Publish();
}

void EtcdLife::FollowPods() {
  const auto pods = parts_.runtime.Read<cri::PodsEnd>();
  if (asked_to_leave_ || pods.empty() || !pods.front().spec().ended()) {
    return;
  }
  asked_to_leave_ = true;
  LeaveEtcd(*this, [weak = std::weak_ptr(self_)](const absl::Status& left) {
    if (!left.ok()) {
      base::Log(base::Severity::kWarning, "etcd: does not leave its cluster: {}",
                base::MessageOf(left));
    }
    if (const auto self = weak.lock()) {
      (*self)->leaving_ = false;
      (*self)->Publish();
    }
  });
}

void EtcdLife::OnSettled() {
  if (leaving_) {
    FollowPods();
  }
  const bool none = parts_.runtime.Read<EtcdConfig>().empty();  // wherever its data would be
  if (!jobs_.empty() || pausing_ || !parts_.runtime.IsKnown(TypeRef::Of<EtcdConfig>().kind) ||
      (!none && !parts_.runtime.IsKnown(TypeRef::Of<block::MountStatus>().kind))) {
    return;
  }
  if (!IsWanted()) {
    if (std::exchange(data_, std::nullopt).has_value() || !std::exchange(said_, true)) {
      Publish();
    }
    seen_ = false;
  } else if (!seen_) {
    // What an earlier boot left unfinished is of no use; what an earlier machined left goes on.
    Do(data_.has_value() ? Action(Nothing) : Action(&EtcdDirectory::DropRestored), nullptr);
  } else {
    Follow();
  }
}

// What happened to the programs that run on the data.
void EtcdLife::Follow() {
  const Data data = data_.value_or(Data());
  if (data.beginning() == Data::LEFT) {
    FollowLeave();
  } else if (data.empty() && data.beginning() == Data::SNAPSHOT) {
    FollowRestore();
  } else if (data.empty() && data.beginning() == Data::NONE && BeginsByItself(parts_.runtime)) {
    Data begun;
    begun.set_beginning(Data::NEW);
    Record(begun, nullptr);
  } else if (recorded_ && !parts_.runtime.Read<etcd::EtcdMember>().empty()) {
    recorded_ = false;
    Do(&EtcdDirectory::Forget, nullptr);
  }
}

void EtcdLife::FollowRestore() {
  const auto states = parts_.runtime.Read<ServiceState>();
  const auto restore = states.find("etcd-restore");
  const auto state = restore == states.end() ? State::WAITING : restore->spec().state();
  if (state == State::FINISHED) {
    Do(&EtcdDirectory::TakeRestored, nullptr);
  } else if (state == State::RUNNING) {
    restoring_ = true;
  } else if (std::exchange(restoring_, false)) {
    Do(&EtcdDirectory::DropRestored, nullptr);
  }
}

void EtcdLife::FollowLeave() {
  const auto processes = parts_.runtime.Read<services::ProcessStatus>();
  const auto etcd = processes.find("etcd");
  if (etcd == processes.end() || etcd->spec().pid() == 0) {
    Do(&EtcdDirectory::Wipe, nullptr);
  }
}

absl::Status EtcdLife::HasPlace() {
  if (!IsControlPlane(parts_.runtime)) {
    return NoControlPlane();
  }
  if (parts_.runtime.Read<EtcdConfig>().empty()) {
    return absl::InvalidArgumentError("the config has no CA of etcd");
  }
  return data_.has_value() && seen_
             ? absl::OkStatus()
             : absl::FailedPreconditionError("it is too early: volume EPHEMERAL is not mounted");
}

absl::Status EtcdLife::MayBegin(const BootstrapWish& wish) {
  const Data data = data_.value_or(Data());
  if (!TimeIsRight(parts_.runtime)) {
    return absl::FailedPreconditionError("time is not in sync yet");
  }
  if (data.beginning() == Data::LEFT) {
    return absl::FailedPreconditionError(
        "etcd has left its cluster, and its data are being removed");
  }
  if (!data.empty()) {
    return absl::AlreadyExistsError("etcd data directory is not empty");
  }
  if (data.beginning() == Data::JOIN || (data.beginning() == Data::NEW && wish.from_snapshot)) {
    return absl::AlreadyExistsError("etcd has begun already, and not from a snapshot");
  }
  return absl::OkStatus();
}

// What etcd has written since it was looked at is seen first.
void EtcdLife::Bootstrap(const BootstrapWish& wish, Done done) {
  if (const absl::Status place = HasPlace(); !place.ok()) {
    done(place);
    return;
  }
  Do([](const EtcdDirectory& /*directory*/) { return absl::OkStatus(); },
     [this, wish, done = std::move(done)](const absl::Status& looked) mutable {
       if (looked.ok()) {
         BeginCluster(wish, std::move(done));
       } else {
         done(looked);
       }
     });
}

void EtcdLife::BeginCluster(const BootstrapWish& wish, Done done) {
  if (const absl::Status may = MayBegin(wish); !may.ok()) {
    done(may);
    return;
  }
  Data data;
  data.set_beginning(wish.from_snapshot ? Data::SNAPSHOT : Data::NEW);
  data.set_skip_hash_check(wish.from_snapshot && wish.skip_hash_check);
  data.set_number(wish.from_snapshot ? NumberOf(wish) : 0);
  Record(data, std::move(done));
}

// What was asked for and goes on keeps its number.
std::uint64_t EtcdLife::NumberOf(const BootstrapWish& wish) const {
  const Data data = data_.value_or(Data());
  if (data.beginning() == Data::SNAPSHOT && data.skip_hash_check() == wish.skip_hash_check) {
    return data.number();
  }
  return static_cast<std::uint64_t>(parts_.clock.Now().time_since_epoch().count());
}

void EtcdLife::Record(const Data& data, Done done) {
  recorded_ = true;
  Do([data](const EtcdDirectory& directory) { return directory.Record(data); }, std::move(done));
}

absl::StatusOr<std::shared_ptr<EtcdSession>> EtcdLife::Open() {
  return Connect(parts_.address, "127.0.0.1");
}

absl::StatusOr<std::shared_ptr<EtcdSession>> EtcdLife::OpenMember(const std::string& url) {
  return Connect(url.substr(url.rfind('/') + 1), HostOfUrl(url));
}

absl::StatusOr<std::shared_ptr<EtcdSession>> EtcdLife::Connect(
    const std::string& address, const std::string& server_name) const {
  if (!IsControlPlane(parts_.runtime)) {
    return NoControlPlane();
  }
  const auto states = parts_.runtime.Read<ServiceState>();
  const auto etcd = states.find("etcd");
  if (etcd != states.end() && etcd->spec().state() != State::RUNNING) {
    return absl::UnavailableError(std::format("etcd does not run: {}", etcd->spec().message()));
  }
  const auto roots = parts_.runtime.Read<secrets::EtcdRootSecret>();
  const auto certificates = parts_.runtime.Read<secrets::EtcdSecret>();
  if (roots.empty() || certificates.empty()) {
    return absl::UnavailableError("etcd does not run: it has no certificates yet");
  }
  return EtcdSession::Open(
      {.loop = parts_.loop, .clock = parts_.clock, .address = address, .server_name = server_name},
      roots.front().spec(), certificates.front().spec());
}

absl::StatusOr<std::string> EtcdLife::PlaceForSnapshot() {
  RETURN_IF_ERROR(HasPlace());
  return parts_.directory.snapshot();
}

void EtcdLife::Leave(Done done) {
  Data data;
  data.set_beginning(Data::LEFT);
  Record(data, std::move(done));
}

void EtcdLife::Do(Action action, Done done) {
  jobs_.push_back({.action = std::move(action), .done = std::move(done)});
  if (jobs_.size() == 1) {
    Begin();
  }
}

void EtcdLife::Begin() {
  parts_.worker.Run("etcd.life", [mailbox = parts_.loop.mailbox(), weak = std::weak_ptr(self_),
                                  directory = parts_.directory, action = jobs_.front().action] {
    const absl::Status acted = action(directory);
    mailbox->Post([weak, acted, looked = directory.Look()] {
      if (const auto self = weak.lock()) {
        (*self)->OnLooked(acted, looked);
      }
    });
  });
}

void EtcdLife::OnLooked(const absl::Status& acted, const absl::StatusOr<Data>& looked) {
  Job job = std::move(jobs_.front());  // its place is kept until it has been answered
  if (looked.ok()) {
    Take(*looked);
  }
  // Who asked hears what became of it; our own steps are tried again.
  const absl::Status problem = looked.ok() && job.done == nullptr ? acted : looked.status();
  if (!problem.ok()) {
    Fail(problem);
  }
  Publish();
  if (job.done != nullptr) {
    job.done(acted.ok() ? looked.status() : acted);
  }
  jobs_.pop_front();
  if (!jobs_.empty()) {
    Begin();
  }
}

void EtcdLife::Take(Data looked) {
  if (data_.has_value() && looked.beginning() == Data::NONE && !looked.empty()) {
    // The record is gone; what it started goes on as it is.
    looked.set_beginning(data_->beginning());
    looked.set_initial_cluster(data_->initial_cluster());
  }
  data_ = std::move(looked);
  seen_ = true;
}

void EtcdLife::Fail(const absl::Status& problem) {
  const std::string said = std::exchange(problem_, std::string(base::MessageOf(problem)));
  if (said != problem_) {
    base::Log(base::Severity::kWarning, "etcd: {}", problem_);
  }
  Data failed = data_.value_or(Data());
  failed.set_error(problem_);
  data_ = std::move(failed);
  pausing_ = true;
  parts_.loop.RunAt(parts_.clock.Monotonic() + kRetry, [weak = std::weak_ptr(self_)] {
    if (const auto self = weak.lock()) {
      (*self)->pausing_ = false;
      (*self)->OnSettled();
    }
  });
}

void EtcdLife::Publish() {
  Desired<EtcdDataStatus> rows;
  if (data_.has_value()) {
    Data data = *data_;
    data.set_leaving(leaving_);
    rows.Add("etcd", std::move(data));
  }
  parts_.runtime.Publish(kSource, std::move(rows));
}

}  // namespace ichor
