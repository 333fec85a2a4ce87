#include "machined/health/members.h"

#include <chrono>
#include <format>
#include <memory>
#include <utility>

#include "lib/base/status.h"
#include "machined/etcd/policy.h"

namespace ichor {
namespace {

using etcdserverpb::MemberListResponse;
using Session = std::shared_ptr<EtcdSession>;

constexpr std::chrono::seconds kTimeout{5};  // of one member

// Kept by the question under way.
class Look : public std::enable_shared_from_this<Look> {
 public:
  Look(EtcdControl& etcd, absl::AnyInvocable<void(MembersSight)> done)
      : etcd_(etcd), done_(std::move(done)) {}

  void Begin() { Ask(etcd_.Open(), "127.0.0.1"); }

 private:
  // What the member at `host` has itself, which it need not agree with others about.
  void Ask(const absl::StatusOr<Session>& session, const std::string& host) {
    if (!session.ok()) {
      OnMembers(host, session.status());
      return;
    }
    (*session)->Call<MemberListResponse>(
        "Cluster/MemberList", etcdserverpb::MemberListRequest(),
        [self = shared_from_this(), host](absl::StatusOr<MemberListResponse> members) {
          self->OnMembers(host, std::move(members));
        },
        kTimeout);
  }

  void OnMembers(const std::string& host, absl::StatusOr<MemberListResponse> members) {
    if (!members.ok()) {
      sight_.status =
          absl::Status(members.status().code(),
                       std::format("etcd at {}: {}", host, base::MessageOf(members.status())));
      done_(std::move(sight_));
      return;
    }
    if (sight_.views.empty()) {
      FindOthers(*members);
    }
    sight_.views.push_back({.host = host, .members = *std::move(members)});
    if (others_.empty()) {
      done_(std::move(sight_));
      return;
    }
    const std::string url = others_.back();
    others_.pop_back();
    Ask(etcd_.OpenMember(url), HostOfUrl(url));
  }

  void FindOthers(const MemberListResponse& members) {
    for (const etcdserverpb::Member& member : members.members()) {
      if (member.id() != members.header().member_id() && member.client_urls_size() > 0) {
        others_.push_back(member.client_urls(0));
      }
    }
  }

  EtcdControl& etcd_;
  absl::AnyInvocable<void(MembersSight)> done_;
  MembersSight sight_;
  std::vector<std::string> others_;  // their client URLs
};

}  // namespace

void LookAtMembers(EtcdControl& etcd, absl::AnyInvocable<void(MembersSight)> done) {
  std::make_shared<Look>(etcd, std::move(done))->Begin();
}

}  // namespace ichor
