// `ichorctl etcd`
#include <charconv>
#include <format>
#include <memory>
#include <ostream>

#include "absl/strings/str_join.h"
#include "common/common.pb.h"
#include "ichorctl/etcd/etcd_commands.h"
#include "ichorctl/etcd/snapshot_file.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "lib/base/status.h"
#include "lib/sys/file_writer.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using Arguments = std::vector<std::string>;
using google::protobuf::Empty;

std::string IdText(std::uint64_t id) {
  return std::format("{:016x}", id);
}

std::string TruthText(bool value) {
  return value ? "true" : "false";
}

absl::Status ShowMembers(const NodeFlags& flags, Session& session) {
  machine::EtcdMemberListRequest request;
  request.set_query_local(true);
  return ShowMessages<machine::EtcdMemberListResponse>(
      session, flags, MachineMethod("EtcdMemberList"), request,
      {.columns = {"NODE", "ID", "HOSTNAME", "PEER URLS", "CLIENT URLS", "LEARNER"}},
      [](const std::string& node, const machine::EtcdMembers& members, Table& table) {
        for (const machine::EtcdMember& member : members.members()) {
          table.rows.push_back({node, IdText(member.id()), Visible(member.hostname()),
                                Visible(absl::StrJoin(member.peer_urls(), ",")),
                                Visible(absl::StrJoin(member.client_urls(), ",")),
                                TruthText(member.is_learner())});
        }
      });
}

std::string InUse(const machine::EtcdMemberStatus& status) {
  constexpr double kPercent = 100;
  const auto size = static_cast<double>(status.db_size());
  const auto used = static_cast<double>(status.db_size_in_use());
  return std::format("{} ({:.2f}%)", Humanized(static_cast<std::uint64_t>(status.db_size_in_use())),
                     size > 0 ? used / size * kPercent : 0);
}

absl::Status ShowStatus(const NodeFlags& flags, Session& session) {
  return ShowMessages<machine::EtcdStatusResponse>(
      session, flags, MachineMethod("EtcdStatus"), Empty(),
      {.columns = {"NODE", "MEMBER", "DB SIZE", "IN USE", "LEADER", "RAFT INDEX", "RAFT TERM",
                   "RAFT APPLIED INDEX", "LEARNER", "PROTOCOL", "STORAGE", "ERRORS"}},
      [](const std::string& node, const machine::EtcdStatus& message, Table& table) {
        const machine::EtcdMemberStatus& status = message.member_status();
        table.rows.push_back(
            {node, IdText(status.member_id()),
             Humanized(static_cast<std::uint64_t>(status.db_size())), InUse(status),
             IdText(status.leader()), std::to_string(status.raft_index()),
             std::to_string(status.raft_term()), std::to_string(status.raft_applied_index()),
             TruthText(status.is_learner()), Visible(status.protocol_version()),
             Visible(status.storage_version()), Visible(absl::StrJoin(status.errors(), ", "))});
      });
}

template <class Reply>
absl::Status ShowAlarms(const NodeFlags& flags, const char* method, Session& session) {
  return ShowMessages<Reply>(
      session, flags, MachineMethod(method), Empty(), {.columns = {"NODE", "MEMBER", "ALARM"}},
      [](const std::string& node, const auto& alarms, Table& table) {
        for (const machine::EtcdMemberAlarm& alarm : alarms.member_alarms()) {
          table.rows.push_back({node, IdText(alarm.member_id()),
                                machine::EtcdMemberAlarm::AlarmType_Name(alarm.alarm())});
        }
      });
}

template <class Reply, class Request>
absl::Status Do(const NodeFlags& flags, const char* method, const Request& request,
                Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  return AskForMessages<Reply>(*nodes, MachineMethod(method), request,
                               [](const std::string&, const auto&) {});
}

// "00ff…": 16 digits, as they are shown.
absl::StatusOr<std::uint64_t> ParseId(const std::string& text) {
  constexpr int kHexadecimal = 16;
  std::uint64_t id = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, id, kHexadecimal);
  if (error != std::errc() || rest != end) {
    return absl::InvalidArgumentError(std::format(
        "\"{}\" is no id of a member: `ichorctl etcd members` shows them, in hexadecimal", text));
  }
  return id;
}

absl::Status RemoveMember(const NodeFlags& flags, const std::string& id, Session& session) {
  machine::EtcdRemoveMemberByIDRequest request;
  ASSIGN_OR_RETURN(const std::uint64_t member, ParseId(id));
  request.set_member_id(member);
  return Do<machine::EtcdRemoveMemberByIDResponse>(flags, "EtcdRemoveMemberByID", request, session);
}

absl::Status TakeSnapshot(const NodeFlags& flags, const std::string& path, Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  RETURN_IF_ERROR(nodes->CheckOne("etcd snapshot"));
  constexpr unsigned kMode = 0600;  // it holds the cluster's secrets
  ASSIGN_OR_RETURN(sys::FileWriter file, sys::FileWriter::Create(path, kMode));
  SnapshotCheck check;
  RETURN_IF_ERROR(AskAll<common::Data>(*nodes, MachineMethod("EtcdSnapshot"),
                                       machine::EtcdSnapshotRequest(),
                                       [&](const std::string&, const common::Data& data) {
                                         check.Add(data.bytes());
                                         return file.Write(data.bytes());
                                       }));
  RETURN_IF_ERROR(check.Finish());
  RETURN_IF_ERROR(file.Commit());
  session.err << std::format("etcd snapshot saved to \"{}\" ({} bytes)\n", path,
                             check.size_bytes());
  return absl::OkStatus();
}

template <class Reply, class Request>
absl::Status Downgrade(const NodeFlags& flags, const char* method, const Request& request,
                       const std::string& sentence, Session& session) {
  return ShowMessages<Reply>(
      session, flags, MachineMethod(method), request, {.columns = {"NODE", "MESSAGE"}},
      [&sentence](const std::string& node, const auto& message, Table& table) {
        table.rows.push_back(
            {node, std::format("{}, cluster version {}", sentence,
                               Visible(message.cluster_downgrade().cluster_version()))});
      });
}

template <class Request>
Request OfVersion(const Arguments& arguments) {
  Request request;
  request.set_version(arguments.front());
  return request;
}

Command DowngradeCommand(const SharedNodeFlags& flags) {
  const Argument version{.name = "VERSION", .help = "of etcd: 3.6.0"};
  return {.name = "downgrade",
          .summary = "Prepares the cluster of etcd for an older version of it",
          .commands = {{.name = "validate",
                        .summary = "Asks whether the cluster could go back to a version",
                        .arguments = {version},
                        .run =
                            [flags](Session& session, const Arguments& arguments) {
                              return Downgrade<machine::EtcdDowngradeValidateResponse>(
                                  *flags, "EtcdDowngradeValidate",
                                  OfVersion<machine::EtcdDowngradeValidateRequest>(arguments),
                                  "downgrade validate success", session);
                            }},
                       {.name = "enable",
                        .summary = "Lets members of an older version in",
                        .arguments = {version},
                        .run =
                            [flags](Session& session, const Arguments& arguments) {
                              return Downgrade<machine::EtcdDowngradeEnableResponse>(
                                  *flags, "EtcdDowngradeEnable",
                                  OfVersion<machine::EtcdDowngradeEnableRequest>(arguments),
                                  "downgrade enable success", session);
                            }},
                       {.name = "cancel",
                        .summary = "Gives that up",
                        .run = [flags](Session& session, const Arguments&) {
                          return Downgrade<machine::EtcdDowngradeCancelResponse>(
                              *flags, "EtcdDowngradeCancel", Empty(), "downgrade cancel success",
                              session);
                        }}}};
}

Command AlarmCommand(const SharedNodeFlags& flags) {
  return {.name = "alarm",
          .summary = "Alarms of etcd's members: no space, corrupt data",
          .commands = {{.name = "list",
                        .summary = "Lists them",
                        .run =
                            [flags](Session& session, const Arguments&) {
                              return ShowAlarms<machine::EtcdAlarmListResponse>(
                                  *flags, "EtcdAlarmList", session);
                            }},
                       {.name = "disarm",
                        .summary = "Ends them: when their cause is gone",
                        .run = [flags](Session& session, const Arguments&) {
                          return ShowAlarms<machine::EtcdAlarmDisarmResponse>(
                              *flags, "EtcdAlarmDisarm", session);
                        }}}};
}

}  // namespace

Command EtcdCommand(const SharedNodeFlags& flags) {
  return {
      .name = "etcd",
      .summary = "Looks at etcd, the store of the cluster, and cares for it",
      .flags = WithNodeFlags(flags, Maintenance::kNo),
      .commands = {
          AlarmCommand(flags),
          {.name = "defrag",
           .summary = "Gives back what etcd's database does not use; the member is away meanwhile",
           .run =
               [flags](Session& session, const Arguments&) {
                 return Do<machine::EtcdDefragmentResponse>(*flags, "EtcdDefragment", Empty(),
                                                            session);
               }},
          DowngradeCommand(flags),
          {.name = "forfeit-leadership",
           .summary = "Lets another member lead",
           .run =
               [flags](Session& session, const Arguments&) {
                 return Do<machine::EtcdForfeitLeadershipResponse>(
                     *flags, "EtcdForfeitLeadership", machine::EtcdForfeitLeadershipRequest(),
                     session);
               }},
          {.name = "leave",
           .summary = "Takes nodes out of etcd's cluster, and removes their data of etcd",
           .run =
               [flags](Session& session, const Arguments&) {
                 return Do<machine::EtcdLeaveClusterResponse>(
                     *flags, "EtcdLeaveCluster", machine::EtcdLeaveClusterRequest(), session);
               }},
          {.name = "members",
           .summary = "Lists the members, as each node sees them",
           .run = [flags](Session& session,
                          const Arguments&) { return ShowMembers(*flags, session); }},
          {.name = "remove-member",
           .summary = "Takes a member out of the cluster whose node is lost",
           .arguments = {{.name = "ID", .help = "the member's, as `etcd members` shows it"}},
           .run =
               [flags](Session& session, const Arguments& arguments) {
                 return RemoveMember(*flags, arguments.front(), session);
               }},
          {.name = "snapshot",
           .summary = "Writes all that etcd holds to a file, to recover from",
           .arguments = {{.name = "PATH",
                          .help = "the file; it is replaced if it is there",
                          .completes = Completes::kFile}},
           .run =
               [flags](Session& session, const Arguments& arguments) {
                 return TakeSnapshot(*flags, arguments.front(), session);
               }},
          {.name = "status",
           .summary = "Shows how the members of these nodes are",
           .run = [flags](Session& session, const Arguments&) {
             return ShowStatus(*flags, session);
           }}}};
}

}  // namespace ichor::ctl
