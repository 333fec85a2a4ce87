#include <algorithm>
#include <chrono>
#include <format>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "etcd/rpc.pb.h"
#include "google/protobuf/empty.pb.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;
using Session = std::shared_ptr<EtcdSession>;

template <class Reply>
using Answer = absl::AnyInvocable<void(absl::StatusOr<Reply>)>;

constexpr std::chrono::seconds kDefragmentTimeout{600};  // it copies the whole database

// A method whose reply is made of etcd's one answer to one question.
template <class Request, class Reply, class EtcdRequest, class EtcdReply>
struct Question {
  std::string path;
  std::string method;
  EtcdRequest (*ask)(const Request&);
  Reply (*answer)(const EtcdReply&);
  std::chrono::seconds timeout = EtcdSession::kTimeout;
};

template <class Request, class Reply, class EtcdRequest, class EtcdReply>
void Add(Methods& methods, const Question<Request, Reply, EtcdRequest, EtcdReply>& question) {
  methods.Later<Request, Reply>(
      "/machine.MachineService/" + question.path,
      [&etcd = methods.context().etcd, question](const Request& request, const rpc::Stream&,
                                                 Answer<Reply> answered) {
        const absl::StatusOr<Session> session = etcd.Open();
        if (!session.ok()) {
          answered(session.status());
          return;
        }
        (*session)->Call<EtcdReply>(
            question.method, question.ask(request),
            [answered = std::move(answered),
             answer = question.answer](const absl::StatusOr<EtcdReply>& reply) mutable {
              answered(reply.ok() ? absl::StatusOr<Reply>(answer(*reply)) : reply.status());
            },
            question.timeout);
      });
}

void Bootstrap(EtcdControl& etcd, const machine::BootstrapRequest& request,
               Answer<machine::BootstrapResponse> answered) {
  etcd.Bootstrap({.from_snapshot = request.recover_etcd(),
                  .skip_hash_check = request.recover_skip_hash_check()},
                 [answered = std::move(answered)](const absl::Status& begun) mutable {
                   machine::BootstrapResponse reply;
                   reply.add_messages();
                   answered(begun.ok() ? absl::StatusOr<machine::BootstrapResponse>(reply) : begun);
                 });
}

etcdserverpb::MemberListRequest AskMembers(const machine::EtcdMemberListRequest& request) {
  etcdserverpb::MemberListRequest question;
  question.set_linearizable(!request.query_local());
  return question;
}

machine::EtcdMemberListResponse TellMembers(const etcdserverpb::MemberListResponse& members) {
  machine::EtcdMemberListResponse reply;
  machine::EtcdMembers& list = *reply.add_messages();
  for (const etcdserverpb::Member& member : members.members()) {
    list.add_legacy_members(member.name());
    machine::EtcdMember& told = *list.add_members();
    told.set_id(member.id());
    told.set_hostname(member.name());
    *told.mutable_peer_urls() = member.peer_urls();
    *told.mutable_client_urls() = member.client_urls();
    told.set_is_learner(member.is_learner());
  }
  return reply;
}

machine::EtcdStatusResponse TellStatus(const etcdserverpb::StatusResponse& status) {
  machine::EtcdStatusResponse reply;
  machine::EtcdMemberStatus& told = *reply.add_messages()->mutable_member_status();
  told.set_protocol_version(status.version());
  told.set_db_size(status.db_size());
  told.set_db_size_in_use(status.db_size_in_use());
  told.set_leader(status.leader());
  told.set_raft_index(status.raft_index());
  told.set_raft_term(status.raft_term());
  told.set_raft_applied_index(status.raft_applied_index());
  *told.mutable_errors() = status.errors();
  told.set_is_learner(status.is_learner());
  told.set_member_id(status.header().member_id());
  told.set_storage_version(status.storage_version());
  return reply;
}

template <class Reply>
Reply TellAlarms(const etcdserverpb::AlarmResponse& alarms) {
  Reply reply;
  auto& list = *reply.add_messages();
  for (const etcdserverpb::AlarmMember& alarm : alarms.alarms()) {
    machine::EtcdMemberAlarm& told = *list.add_member_alarms();
    told.set_member_id(alarm.member_id());
    told.set_alarm(static_cast<machine::EtcdMemberAlarm::AlarmType>(alarm.alarm()));
  }
  return reply;
}

// Disarms those that `left` names, one after the other, and answers with all of them.
struct Disarming {
  Session session;
  etcdserverpb::AlarmResponse alarms;
  Answer<machine::EtcdAlarmDisarmResponse> answered;
  int next = 0;
};

void DisarmNext(const std::shared_ptr<Disarming>& disarming) {
  if (disarming->next == disarming->alarms.alarms_size()) {
    disarming->answered(TellAlarms<machine::EtcdAlarmDisarmResponse>(disarming->alarms));
    return;
  }
  const etcdserverpb::AlarmMember& alarm = disarming->alarms.alarms(disarming->next++);
  etcdserverpb::AlarmRequest request;
  request.set_action(etcdserverpb::AlarmRequest::DEACTIVATE);
  request.set_member_id(alarm.member_id());
  request.set_alarm(alarm.alarm());
  disarming->session->Call<etcdserverpb::AlarmResponse>(
      "Maintenance/Alarm", request,
      [disarming](const absl::StatusOr<etcdserverpb::AlarmResponse>& reply) {
        if (reply.ok()) {
          DisarmNext(disarming);
        } else {
          disarming->answered(reply.status());
        }
      });
}

void Disarm(EtcdControl& etcd, Answer<machine::EtcdAlarmDisarmResponse> answered) {
  const absl::StatusOr<Session> session = etcd.Open();
  if (!session.ok()) {
    answered(session.status());
    return;
  }
  auto disarming = std::make_shared<Disarming>(
      Disarming{.session = *session, .alarms = {}, .answered = std::move(answered)});
  (*session)->Call<etcdserverpb::AlarmResponse>(
      "Maintenance/Alarm", etcdserverpb::AlarmRequest(),
      [disarming](const absl::StatusOr<etcdserverpb::AlarmResponse>& alarms) {
        if (!alarms.ok()) {
          disarming->answered(alarms.status());
          return;
        }
        disarming->alarms = *alarms;
        DisarmNext(disarming);
      });
}

template <class Request>
etcdserverpb::DowngradeRequest AskDowngrade(
    const Request& request, etcdserverpb::DowngradeRequest::DowngradeAction action) {
  etcdserverpb::DowngradeRequest question;
  question.set_action(action);
  if constexpr (requires { request.version(); }) {
    question.set_version(request.version());
  }
  return question;
}

template <class Reply>
Reply TellDowngrade(const etcdserverpb::DowngradeResponse& answer) {
  Reply reply;
  reply.add_messages()->mutable_cluster_downgrade()->set_cluster_version(answer.version());
  return reply;
}

template <class Request, class Reply, etcdserverpb::DowngradeRequest::DowngradeAction kAction>
void AddDowngrade(Methods& methods, const std::string& path) {
  Add<Request, Reply, etcdserverpb::DowngradeRequest, etcdserverpb::DowngradeResponse>(
      methods, {.path = path,
                .method = "Maintenance/Downgrade",
                .ask = [](const Request& request) { return AskDowngrade(request, kAction); },
                .answer = TellDowngrade<Reply>});
}

void AddDowngrades(Methods& methods) {
  using Action = etcdserverpb::DowngradeRequest;
  AddDowngrade<machine::EtcdDowngradeValidateRequest, machine::EtcdDowngradeValidateResponse,
               Action::VALIDATE>(methods, "EtcdDowngradeValidate");
  AddDowngrade<machine::EtcdDowngradeEnableRequest, machine::EtcdDowngradeEnableResponse,
               Action::ENABLE>(methods, "EtcdDowngradeEnable");
  AddDowngrade<Empty, machine::EtcdDowngradeCancelResponse, Action::CANCEL>(methods,
                                                                            "EtcdDowngradeCancel");
}

void AddQuestions(Methods& methods) {
  Add<machine::EtcdMemberListRequest, machine::EtcdMemberListResponse,
      etcdserverpb::MemberListRequest, etcdserverpb::MemberListResponse>(
      methods, {.path = "EtcdMemberList",
                .method = "Cluster/MemberList",
                .ask = AskMembers,
                .answer = TellMembers});
  Add<Empty, machine::EtcdStatusResponse, etcdserverpb::StatusRequest,
      etcdserverpb::StatusResponse>(
      methods, {.path = "EtcdStatus",
                .method = "Maintenance/Status",
                .ask = [](const Empty&) { return etcdserverpb::StatusRequest(); },
                .answer = TellStatus});
  Add<Empty, machine::EtcdAlarmListResponse, etcdserverpb::AlarmRequest,
      etcdserverpb::AlarmResponse>(
      methods, {.path = "EtcdAlarmList",
                .method = "Maintenance/Alarm",
                .ask = [](const Empty&) { return etcdserverpb::AlarmRequest(); },
                .answer = TellAlarms<machine::EtcdAlarmListResponse>});
  Add<Empty, machine::EtcdDefragmentResponse, etcdserverpb::DefragmentRequest,
      etcdserverpb::DefragmentResponse>(
      methods, {.path = "EtcdDefragment",
                .method = "Maintenance/Defragment",
                .ask = [](const Empty&) { return etcdserverpb::DefragmentRequest(); },
                .answer =
                    [](const etcdserverpb::DefragmentResponse&) {
                      machine::EtcdDefragmentResponse reply;
                      reply.add_messages();
                      return reply;
                    },
                .timeout = kDefragmentTimeout});
  Add<machine::EtcdRemoveMemberByIDRequest, machine::EtcdRemoveMemberByIDResponse,
      etcdserverpb::MemberRemoveRequest, etcdserverpb::MemberRemoveResponse>(
      methods, {.path = "EtcdRemoveMemberByID",
                .method = "Cluster/MemberRemove",
                .ask =
                    [](const machine::EtcdRemoveMemberByIDRequest& request) {
                      etcdserverpb::MemberRemoveRequest question;
                      question.set_id(request.member_id());
                      return question;
                    },
                .answer =
                    [](const etcdserverpb::MemberRemoveResponse&) {
                      machine::EtcdRemoveMemberByIDResponse reply;
                      reply.add_messages();
                      return reply;
                    }});
}

}  // namespace

void AddEtcdMethods(Methods& methods) {
  EtcdControl& etcd = methods.context().etcd;
  methods.Later<machine::BootstrapRequest, machine::BootstrapResponse>(
      "/machine.MachineService/Bootstrap",
      [&etcd](const machine::BootstrapRequest& request, const rpc::Stream&, auto answered) {
        Bootstrap(etcd, request, std::move(answered));
      });
  methods.Later<Empty, machine::EtcdAlarmDisarmResponse>(
      "/machine.MachineService/EtcdAlarmDisarm",
      [&etcd](const Empty&, const rpc::Stream&, auto answered) {
        Disarm(etcd, std::move(answered));
      });
  AddQuestions(methods);
  AddDowngrades(methods);
}

}  // namespace ichor::api
