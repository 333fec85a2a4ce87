#include "machined/etcd/leave.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "etcd/rpc.pb.h"

namespace ichor {
namespace {

using etcdserverpb::Member;
using etcdserverpb::MemberListResponse;
using etcdserverpb::MemberRemoveResponse;
using etcdserverpb::StatusResponse;

// Whether somebody would be left.
absl::Status MayLeave(const MemberListResponse& members, std::uint64_t self) {
  for (const Member& member : members.members()) {
    if (member.id() == self ? member.is_learner() : !member.is_learner()) {
      return absl::OkStatus();
    }
  }
  return absl::FailedPreconditionError(
      "this is the only voting member: its cluster ends with a reset of its node, and cannot be "
      "left");
}

// One call after the other. Owned by the one under way.
class Leaving : public std::enable_shared_from_this<Leaving> {
 public:
  Leaving(EtcdControl& etcd, std::shared_ptr<EtcdSession> session, EtcdControl::Done done)
      : etcd_(etcd), session_(std::move(session)), done_(std::move(done)) {}

  void Begin() {
    Call<StatusResponse>("Maintenance/Status", etcdserverpb::StatusRequest(),
                         [](Leaving& self, const StatusResponse& status) {
                           self.member_ = status.header().member_id();
                           self.ListMembers();
                         });
  }

 private:
  // Goes on with `next`; an error is the end.
  template <class Reply, class Request, class Next>
  void Call(const char* method, const Request& request, Next next) {
    session_->Call<Reply>(method, request,
                          [self = shared_from_this(), next](const absl::StatusOr<Reply>& reply) {
                            if (reply.ok()) {
                              next(*self, *reply);
                            } else {
                              self->done_(reply.status());
                            }
                          });
  }

  void ListMembers() {
    Call<MemberListResponse>("Cluster/MemberList", etcdserverpb::MemberListRequest(),
                             [](Leaving& self, const MemberListResponse& members) {
                               const absl::Status may = MayLeave(members, self.member_);
                               may.ok() ? self.Remove() : self.done_(may);
                             });
  }

  void Remove() {
    etcdserverpb::MemberRemoveRequest request;
    request.set_id(member_);
    Call<MemberRemoveResponse>("Cluster/MemberRemove", request,
                               [](Leaving& self, const MemberRemoveResponse&) {
                                 self.etcd_.Leave(std::move(self.done_));
                               });
  }

  EtcdControl& etcd_;
  const std::shared_ptr<EtcdSession> session_;
  EtcdControl::Done done_;
  std::uint64_t member_ = 0;
};

}  // namespace

void LeaveEtcd(EtcdControl& etcd, EtcdControl::Done done) {
  absl::StatusOr<std::shared_ptr<EtcdSession>> session = etcd.Open();
  if (!session.ok()) {
    done(session.status());
    return;
  }
  std::make_shared<Leaving>(etcd, *std::move(session), std::move(done))->Begin();
}

}  // namespace ichor
