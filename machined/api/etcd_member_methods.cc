// What is asked of this node's etcd as one of several members.
#include <format>
#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "etcd/rpc.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/etcd/leave.h"

namespace ichor::api {
namespace {

using etcdserverpb::Member;
using etcdserverpb::MemberListResponse;
using etcdserverpb::MoveLeaderResponse;
using etcdserverpb::StatusResponse;
using Session = std::shared_ptr<EtcdSession>;

template <class Reply>
using Answer = absl::AnyInvocable<void(absl::StatusOr<Reply>)>;

// Calls `then` with a session and what its etcd says of itself, or answers with the reason why
// not.
template <class Reply, class F>
void WithStatus(EtcdControl& etcd, Answer<Reply> answered, F then) {
  const absl::StatusOr<Session> session = etcd.Open();
  if (!session.ok()) {
    answered(session.status());
    return;
  }
  (*session)->Call<StatusResponse>("Maintenance/Status", etcdserverpb::StatusRequest(),
                                   [session = *session, answered = std::move(answered),
                                    then](const absl::StatusOr<StatusResponse>& status) mutable {
                                     if (status.ok()) {
                                       then(session, *status, std::move(answered));
                                     } else {
                                       answered(status.status());
                                     }
                                   });
}

using Forfeited = machine::EtcdForfeitLeadershipResponse;

// The first member that could lead in place of `leader`.
absl::StatusOr<Member> NextLeader(const MemberListResponse& members, std::uint64_t leader) {
  for (const Member& member : members.members()) {
    if (member.id() != leader && !member.is_learner() && !member.name().empty()) {
      return member;
    }
  }
  return absl::FailedPreconditionError("there is no other voting member that could lead");
}

void MoveLeadership(const Session& session, const Member& next, Answer<Forfeited> answered) {
  etcdserverpb::MoveLeaderRequest request;
  request.set_target_id(next.id());
  session->Call<MoveLeaderResponse>(
      "Maintenance/MoveLeader", request,
      [name = next.name(),
       answered = std::move(answered)](const absl::StatusOr<MoveLeaderResponse>& moved) mutable {
        Forfeited reply;
        reply.add_messages()->set_member(name);
        answered(moved.ok() ? absl::StatusOr<Forfeited>(reply) : moved.status());
      });
}

// The reply names who leads now; nobody if this node's member did not lead.
void Forfeit(const Session& session, const StatusResponse& status, Answer<Forfeited> answered) {
  const std::uint64_t self = status.header().member_id();
  if (status.leader() != self) {
    Forfeited reply;
    reply.add_messages();
    answered(reply);
    return;
  }
  session->Call<MemberListResponse>("Cluster/MemberList", etcdserverpb::MemberListRequest(),
                                    [session, self, answered = std::move(answered)](
                                        const absl::StatusOr<MemberListResponse>& members) mutable {
                                      const absl::StatusOr<Member> next =
                                          members.ok() ? NextLeader(*members, self)
                                                       : members.status();
                                      if (next.ok()) {
                                        MoveLeadership(session, *next, std::move(answered));
                                      } else {
                                        answered(next.status());
                                      }
                                    });
}

using LeftCluster = machine::EtcdLeaveClusterResponse;

}  // namespace

void AddEtcdMemberMethods(Methods& methods) {
  EtcdControl& etcd = methods.context().etcd;
  methods.Later<machine::EtcdForfeitLeadershipRequest, Forfeited>(
      "/machine.MachineService/EtcdForfeitLeadership",
      [&etcd](const machine::EtcdForfeitLeadershipRequest&, const rpc::Stream&,
              Answer<Forfeited> answered) { WithStatus(etcd, std::move(answered), Forfeit); });
  methods.Later<machine::EtcdLeaveClusterRequest, LeftCluster>(
      "/machine.MachineService/EtcdLeaveCluster",
      [&etcd](const machine::EtcdLeaveClusterRequest&, const rpc::Stream&,
              Answer<LeftCluster> answered) {
        LeaveEtcd(etcd, [answered = std::move(answered)](const absl::Status& left) mutable {
          LeftCluster reply;
          reply.add_messages();
          answered(left.ok() ? absl::StatusOr<LeftCluster>(reply) : left);
        });
      });
}

}  // namespace ichor::api
