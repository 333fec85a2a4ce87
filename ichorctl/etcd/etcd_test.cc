#include <span>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "ichorctl/etcd/etcd_commands.h"
#include "ichorctl/etcd/snapshot_file.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "lib/early/sha256.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using base::IsOk;
using base::StatusIs;

// A database of some pages, with its hash behind it.
std::string Snapshot(std::size_t pages) {
  constexpr std::size_t kPageBytes = 512;
  std::string bytes(pages * kPageBytes, 'p');
  early::Sha256 hash;
  hash.Update(std::as_bytes(std::span(bytes)));
  for (const std::byte byte : hash.Finish()) {
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string DataOf(const std::string& bytes) {
  common::Data data;
  data.set_bytes(bytes);
  return data.SerializeAsString();
}

}  // namespace

TEST_CASE("snapshot check: a snapshot that was cut or changed is not taken for whole") {
  const auto check = [](const std::string& bytes) {
    SnapshotCheck snapshot;
    constexpr std::size_t kPiece = 100;
    for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
      snapshot.Add(std::string_view(bytes).substr(at, kPiece));
    }
    return snapshot.Finish();
  };
  std::string bytes = Snapshot(3);
  CHECK_THAT(check(bytes), IsOk());
  CHECK(absl::IsDataLoss(check(bytes.substr(0, bytes.size() - 512))));
  CHECK(absl::IsDataLoss(check("")));
  bytes[700] = 'x';
  CHECK_THAT(check(bytes), StatusIs(absl::StatusCode::kDataLoss,
                                    "the snapshot is not whole: its hash is not that of its data"));
}

TEST_CASE("bootstrap: one node is asked, and its refusal is told") {
  TestNode node;
  machine::BootstrapResponse reply;
  reply.add_messages();
  node.Answer(MachineMethod("Bootstrap"), reply);
  REQUIRE_THAT(node.Run(BootstrapCommand, {}), IsOk());
  REQUIRE(node.calls().size() == 1);
  machine::BootstrapRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK_FALSE(request.recover_etcd());

  CHECK_THAT(node.Run(BootstrapCommand, {"-n", "10.0.0.2,10.0.0.3"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "command \"bootstrap\" requires exactly one node (got 2)"));
  node.Fail(MachineMethod("Bootstrap"),
            absl::AlreadyExistsError("etcd data directory is not empty"));
  CHECK(node.Run(BootstrapCommand, {}).code() == absl::StatusCode::kAlreadyExists);
}

TEST_CASE("bootstrap: a snapshot is checked, then sent, then the cluster begins with it") {
  TestNode node;
  machine::BootstrapResponse reply;
  reply.add_messages();
  node.Answer(MachineMethod("Bootstrap"), reply);
  machine::EtcdRecoverResponse stored;
  stored.add_messages();
  node.Answer(MachineMethod("EtcdRecover"), stored);
  const std::string whole = Snapshot(20);
  const std::string path = node.session().PathOf("db.snapshot");
  node.session().Write("db.snapshot", whole);
  REQUIRE_THAT(node.Run(BootstrapCommand, {"--recover-from", path}), IsOk());
  REQUIRE(node.calls().size() == 2);
  CHECK(node.calls()[0].method == MachineMethod("EtcdRecover"));
  CHECK(node.calls()[0].request == DataOf(whole));
  machine::BootstrapRequest request;
  REQUIRE(request.ParseFromString(node.calls()[1].request));
  CHECK(request.recover_etcd());

  node.session().Write("db.snapshot", whole.substr(512));
  CHECK(absl::IsDataLoss(node.Run(BootstrapCommand, {"--recover-from", path})));
  CHECK(node.calls().empty());
  CHECK_THAT(node.Run(BootstrapCommand, {"--recover-from", path, "--recover-skip-hash-check"}),
             IsOk());
}

TEST_CASE("etcd: members and status are tables, with ids in hexadecimal") {
  TestNode node;
  machine::EtcdMemberListResponse members;
  machine::EtcdMember& member = *members.add_messages()->add_members();
  member.set_id(0xabc);
  member.set_hostname("n1");
  member.add_peer_urls("https://10.0.0.2:2380");
  member.add_client_urls("https://10.0.0.2:2379");
  node.Answer(MachineMethod("EtcdMemberList"), members);
  REQUIRE_THAT(node.Run(EtcdCommand, {"members"}), IsOk());
  CHECK(node.out() ==
        "NODE       ID                 HOSTNAME   PEER URLS               CLIENT URLS             "
        "LEARNER\n"
        "10.0.0.2   0000000000000abc   n1         https://10.0.0.2:2380   https://10.0.0.2:2379   "
        "false\n");

  machine::EtcdStatusResponse reply;
  machine::EtcdMemberStatus& status = *reply.add_messages()->mutable_member_status();
  status.set_member_id(0xabc);
  status.set_leader(0xabc);
  status.set_db_size(2'000'000);
  status.set_db_size_in_use(500'000);
  status.set_raft_index(7);
  status.set_raft_term(2);
  status.set_raft_applied_index(7);
  status.set_protocol_version("3.7.1");
  status.set_storage_version("3.7.0");
  node.Answer(MachineMethod("EtcdStatus"), reply);
  REQUIRE_THAT(node.Run(EtcdCommand, {"status"}), IsOk());
  CHECK(
      node.out().ends_with("10.0.0.2   0000000000000abc   2.0 MB    500 kB (25.00%)   "
                           "0000000000000abc   7            2           7                    "
                           "false     3.7.1      3.7.0\n"));
}

TEST_CASE("etcd: a member is removed by the id that is shown") {
  TestNode node;
  machine::EtcdRemoveMemberByIDResponse reply;
  reply.add_messages();
  node.Answer(MachineMethod("EtcdRemoveMemberByID"), reply);
  REQUIRE_THAT(node.Run(EtcdCommand, {"remove-member", "0000000000000abc"}), IsOk());
  machine::EtcdRemoveMemberByIDRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.member_id() == 0xabc);
  CHECK_THAT(node.Run(EtcdCommand, {"remove-member", "n1"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "\"n1\" is no id of a member: `ichorctl etcd members` shows them, in "
                      "hexadecimal"));
}

TEST_CASE("etcd: a snapshot is on the disk when it is whole") {
  TestNode node;
  const std::string whole = Snapshot(3);
  std::size_t cut = 0;
  node.Answer(MachineMethod("EtcdSnapshot"), [&](const TestNode::Call&) {
    return TestNode::Reply{
        .messages = {DataOf(whole.substr(0, 1024)), DataOf(whole.substr(1024 + cut))}};
  });
  const std::string path = node.session().PathOf("db");
  node.session().Write("db", "older");
  REQUIRE_THAT(node.Run(EtcdCommand, {"snapshot", path}), IsOk());
  CHECK(node.err() == "etcd snapshot saved to \"" + path + "\" (1568 bytes)\n");
  CHECK(node.session().Read("db") == whole);

  cut = 1;
  CHECK(absl::IsDataLoss(node.Run(EtcdCommand, {"snapshot", path})));
  CHECK(node.session().Read("db") == whole);
}

TEST_CASE("etcd: alarms and downgrades are shown for each node") {
  TestNode node;
  machine::EtcdAlarmListResponse alarms;
  machine::EtcdMemberAlarm& alarm = *alarms.add_messages()->add_member_alarms();
  alarm.set_member_id(1);
  alarm.set_alarm(machine::EtcdMemberAlarm::NOSPACE);
  node.Answer(MachineMethod("EtcdAlarmList"), alarms);
  REQUIRE_THAT(node.Run(EtcdCommand, {"alarm", "list"}), IsOk());
  CHECK(node.out() ==
        "NODE       MEMBER             ALARM\n10.0.0.2   0000000000000001   NOSPACE\n");

  machine::EtcdDowngradeValidateResponse reply;
  reply.add_messages()->mutable_cluster_downgrade()->set_cluster_version("3.7.0");
  node.Answer(MachineMethod("EtcdDowngradeValidate"), reply);
  REQUIRE_THAT(node.Run(EtcdCommand, {"downgrade", "validate", "3.6.0"}), IsOk());
  CHECK(node.out() ==
        "NODE       MESSAGE\n10.0.0.2   downgrade validate success, cluster version 3.7.0\n");
}

}  // namespace ichor::ctl
