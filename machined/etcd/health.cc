#include "machined/etcd/health.h"

#include <format>
#include <utility>

#include "ichor/service.resources.h"
#include "lib/base/status.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"

namespace ichor {
namespace {

using etcd::EtcdMember;
using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;
using etcdserverpb::StatusRequest;
using etcdserverpb::StatusResponse;
using services::ServiceHealth;

// What `f` does to `self`, unless it is gone, or the etcd that was asked is.
template <class Self, class F>
auto For(const std::shared_ptr<Self*>& self, std::int32_t pid, F f) {
  return [weak = std::weak_ptr(self), pid, f = std::move(f)](const auto&... answer) {
    if (const auto alive = weak.lock(); alive != nullptr && (*alive)->pid() == pid) {
      f(**alive, answer...);
    }
  };
}

}  // namespace

EtcdHealth::EtcdHealth(Parts parts) : parts_(parts) {
  parts_.runtime.AddSource<ServiceHealth>(kSource);
  parts_.runtime.AddSource<EtcdMember>(kSource);
  Publish();
}

void EtcdHealth::OnSettled() {
  const auto processes = parts_.runtime.Read<services::ProcessStatus>();
  const auto etcd = processes.find("etcd");
  const std::int32_t pid = etcd == processes.end() ? 0 : etcd->spec().pid();
  if (pid == std::exchange(pid_, pid)) {
    return;
  }
  health_.reset();
  member_.reset();
  Publish();
  if (pid != 0) {
    Ask();
  }
}

void EtcdHealth::Ask() {
  const auto session = parts_.etcd.Open();
  if (!session.ok()) {
    Answer(session.status());
    return;
  }
  (*session)->Call<StatusResponse>(
      "Maintenance/Status", StatusRequest(),
      For(self_, pid_,
          [session = *session](EtcdHealth& self, const absl::StatusOr<StatusResponse>& status) {
            self.OnStatus(session, status);
          }));
}

void EtcdHealth::OnStatus(const std::shared_ptr<EtcdSession>& session,
                          const absl::StatusOr<StatusResponse>& status) {
  if (!status.ok()) {
    Answer(status.status());
    return;
  }
  member_ = status->header().member_id();
  if (status->is_learner()) {
    Answer(absl::UnavailableError("it learns, and is no voting member yet"));
    return;
  }
  RangeRequest request;
  request.set_key("health");
  session->Call<RangeResponse>(
      "KV/Range", request,
      For(self_, pid_, [](EtcdHealth& self, const absl::StatusOr<RangeResponse>& range) {
        self.Answer(range.status());
      }));
}

void EtcdHealth::Answer(const absl::Status& status) {
  health_ = status;
  Publish();
  const std::chrono::seconds pause = status.ok() ? kPeriod : kSoon;
  parts_.loop.RunAt(parts_.clock.Monotonic() + pause,
                    For(self_, pid_, [](EtcdHealth& self) { self.Ask(); }));
}

void EtcdHealth::Publish() {
  Desired<ServiceHealth> healths;
  if (health_.has_value()) {
    ServiceHealth::Spec health;
    health.set_healthy(health_->ok());
    health.set_message(std::string(base::MessageOf(*health_)));
    healths.Add("etcd", std::move(health));
  }
  Desired<EtcdMember> members;
  if (member_.has_value()) {
    EtcdMember::Spec member;
    member.set_member_id(std::format("{:016x}", *member_));
    members.Add("local", std::move(member));
  }
  parts_.runtime.Publish(kSource, std::move(healths));
  parts_.runtime.Publish(kSource, std::move(members));
}

}  // namespace ichor
