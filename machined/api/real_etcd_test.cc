// The methods that are about etcd, before a real one that runs as a node runs it. ICHOR_ETCD names
// the directory with its programs; without it there is nothing to test.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "etcd/rpc.pb.h"
#include "ichor/service.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/identity.h"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"
#include "machined/api/api_fixture.h"
#include "machined/etcd/directory.h"
#include "machined/etcd/health.h"
#include "machined/etcd/launch.h"
#include "machined/etcd/pki_files.h"
#include "machined/health/members.h"
#include "machined/secrets/issue.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor::api {
namespace {

using Data = EtcdDirectory::Data;

constexpr const char* kMachine = "/machine.MachineService/";
constexpr const char* kClientPort = "23790";

// A program that runs until it ends or is told to.
class Program {
 public:
  Program(const std::vector<std::string>& arguments, const std::string& log) {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments) {
      pointers.push_back(const_cast<char*>(argument.c_str()));  // NOLINT: execve(2) does not write
    }
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    REQUIRE(posix_spawn(&pid_, pointers[0], &actions, nullptr, pointers.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (pid_ != 0) {
      kill(pid_, SIGTERM);
      Wait();
    }
  }

  int Wait() {
    int status = 0;
    waitpid(std::exchange(pid_, 0), &status, 0);
    return status;
  }

 private:
  pid_t pid_ = 0;
};

// A node with the API and an etcd of its own, in a directory.
struct Machine {
  Machine() {
    std::string name = "/tmp/real-etcd-XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
    const base::WallTime now = base::RealClock().Now();
    const pki::Identity ca = *pki::NewAuthority(pki::EtcdAuthority(), now);
    root.mutable_etcd_ca()->set_crt(ca.certificate.ToPem());
    root.mutable_etcd_ca()->set_key(ca.key.ToPem());
    Issue(now);
    spec.set_name("n1");
    *spec.add_advertised_addresses() = *ParseNetIP("127.0.0.1");
    *spec.add_listen_peer_addresses() = *ParseNetIP("127.0.0.1");
    *spec.add_listen_client_addresses() = *ParseNetIP("127.0.0.1");
    REQUIRE_THAT(WriteEtcdPki(AllOf<secrets::EtcdRootSecret>({{"etcd", root}}),
                              AllOf<secrets::EtcdSecret>({{"etcd", certificates}}),
                              path + "/secrets/etcd", getuid())
                     .status(),
                 base::IsOk());
    REQUIRE_THAT(directory().Look().status(), base::IsOk());
    f.etcd.open = [this] { return Open(); };
    f.etcd.place = directory().snapshot();
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() {
    etcd.reset();
    f.Turn();
    std::filesystem::remove_all(path);
  }

  EtcdDirectory directory() const { return EtcdDirectory(path + "/lib", getuid()); }

  void Issue(base::WallTime now) {
    CertificateWish wish;
    wish.ca = root.etcd_ca();
    wish.common_name = "n1";
    wish.dns_names = {"n1", "localhost"};
    wish.ips = {std::string("\x7f\0\0\x01", 4)};
    wish.for_servers = true;
    wish.for_clients = true;
    wish.lifetime = std::chrono::hours(24);
    Issuer issuer;
    *certificates.mutable_etcd() = *issuer.Issue("server", wish, {}, now);
    *certificates.mutable_etcd_peer() = *issuer.Issue("peer", wish, {}, now);
    *certificates.mutable_etcd_admin() = *issuer.Issue("admin", wish, {}, now);
  }

  absl::StatusOr<std::shared_ptr<EtcdSession>> Open() {
    return EtcdSession::Open({.loop = *f.t.loop,
                              .clock = f.t.clock,
                              .address = std::format("127.0.0.1:{}", kClientPort),
                              .server_name = "127.0.0.1"},
                             root, certificates);
  }

  // The command line of a row that the node states, for this directory and other ports.
  std::vector<std::string> Arguments(const char* id, const Data& data) const {
    const auto rows = Stated(*PlanEtcd(AllOf<etcd::EtcdConfig>({{"etcd", Text("image: 'x'")}}),
                                       AllOf<etcd::EtcdSpec>({{"etcd", spec}}),
                                       AllOf<etcd::PKIStatus>({{"etcd", Text("ready: true")}}),
                                       AllOf<time::TimeStatus>({{"node", Text("synced: true")}}),
                                       AllOf<etcd::EtcdDataStatus>({{"etcd", data}})));
    REQUIRE(rows.find(id) != rows.end());
    std::vector<std::string> arguments;
    for (const std::string& argument : rows.find(id)->spec().arguments()) {
      arguments.push_back(
          absl::StrReplaceAll(argument, {{"/usr/local/bin", std::getenv("ICHOR_ETCD")},
                                         {"/var/lib/", path + "/lib/"},
                                         {"/system/secrets/", path + "/secrets/"},
                                         {":2379", std::format(":{}", kClientPort)},
                                         {":2380", ":23800"},
                                         {":2383", ":23830"}}));
    }
    return arguments;
  }

  void Start(const Data& data) { etcd.emplace(Arguments("etcd", data), path + "/etcd.log"); }

  // Turns until it holds, for a minute at most.
  bool Until(const std::function<bool()>& holds) {
    for (int i = 0; i < 600; ++i) {
      f.Turn();
      if (holds()) {
        return true;
      }
      f.t.loop->poller().Wait(std::chrono::milliseconds(100));
    }
    return false;
  }

  template <class Reply, class Request = machine::EtcdMemberListRequest>
  Reply Ask(const std::string& method, const Request& request = {}) {
    const auto received = f.Open(kMachine + method, request.SerializeAsString());
    REQUIRE(Until([&] { return received->over; }));
    status = received->status;
    Reply reply;
    if (!received->messages.empty()) {
      REQUIRE(reply.ParseFromString(received->messages.front()));
    }
    return reply;
  }

  void WaitUntilItServes() {
    for (int i = 0; i < 300; ++i) {
      Ask<machine::EtcdStatusResponse>("EtcdStatus");
      if (status.ok()) {
        return;
      }
      f.t.loop->poller().Wait(std::chrono::milliseconds(100));
    }
    FAIL("etcd does not serve: " << status);
  }

  template <class Reply, class Request>
  Reply Say(const std::string& method, const Request& request) {
    std::optional<absl::StatusOr<Reply>> answer;
    (*Open())->Call<Reply>(method, request,
                           [&](absl::StatusOr<Reply> reply) { answer = std::move(reply); });
    REQUIRE(Until([&] { return answer.has_value(); }));
    const absl::StatusOr<Reply> reply = answer.value_or(absl::InternalError(""));
    REQUIRE_THAT(reply.status(), base::IsOk());
    return *reply;
  }

  std::string TakeSnapshot() {
    const auto received = f.Open(std::string(kMachine) + "EtcdSnapshot", "");
    REQUIRE(Until([&] { return received->over; }));
    REQUIRE_THAT(received->status, base::IsOk());
    std::string snapshot;
    for (const std::string& message : received->messages) {
      common::Data data;
      REQUIRE(data.ParseFromString(message));
      snapshot += data.bytes();
    }
    return snapshot;
  }

  ApiFixture f;
  std::string path;
  secrets::EtcdRootSecret::Spec root;
  secrets::EtcdSecret::Spec certificates;
  etcd::EtcdSpec::Spec spec;
  std::optional<Program> etcd;
  absl::Status status;  // of the last Ask
};

Data Beginning(Data::Beginning beginning) {
  Data data;
  data.set_empty(true);
  data.set_beginning(beginning);
  return data;
}

void CheckMembers(Machine& m) {
  const auto members = m.Ask<machine::EtcdMemberListResponse>("EtcdMemberList");
  REQUIRE_THAT(m.status, base::IsOk());
  REQUIRE(members.messages(0).members_size() == 1);
  const machine::EtcdMember& member = members.messages(0).members(0);
  CHECK(member.hostname() == "n1");
  CHECK(member.peer_urls(0) == "https://127.0.0.1:23800");
  CHECK_FALSE(member.is_learner());
  const auto status = m.Ask<machine::EtcdStatusResponse>("EtcdStatus").messages(0).member_status();
  CHECK(status.member_id() == member.id());
  CHECK(status.leader() == member.id());
  CHECK(status.db_size() > 0);
  CHECK_FALSE(status.protocol_version().empty());

  machine::EtcdRemoveMemberByIDRequest stranger;
  stranger.set_member_id(1);
  m.Ask<machine::EtcdRemoveMemberByIDResponse>("EtcdRemoveMemberByID", stranger);
  CHECK_THAT(m.status, base::StatusIs(absl::StatusCode::kNotFound, "etcdserver: member not found"));
  m.Ask<machine::EtcdForfeitLeadershipResponse>("EtcdForfeitLeadership");
  CHECK_THAT(m.status, base::StatusIs(absl::StatusCode::kFailedPrecondition,
                                      "there is no other voting member that could lead"));
}

void CheckViews(Machine& m) {
  std::optional<MembersSight> sight;
  LookAtMembers(m.f.etcd, [&sight](MembersSight seen) { sight = std::move(seen); });
  REQUIRE(m.Until([&] { return sight.has_value(); }));
  const MembersSight seen = sight.value_or(MembersSight());
  CHECK_THAT(seen.status, base::IsOk());
  REQUIRE(seen.views.size() == 1);
  CHECK(seen.views[0].host == "127.0.0.1");
  CHECK(seen.views[0].members.members(0).name() == "n1");
}

void CheckAlarms(Machine& m) {
  etcdserverpb::AlarmRequest alarm;
  alarm.set_action(etcdserverpb::AlarmRequest::ACTIVATE);
  alarm.set_member_id(
      m.Ask<machine::EtcdStatusResponse>("EtcdStatus").messages(0).member_status().member_id());
  alarm.set_alarm(etcdserverpb::NOSPACE);
  m.Say<etcdserverpb::AlarmResponse>("Maintenance/Alarm", alarm);
  const auto listed = m.Ask<machine::EtcdAlarmListResponse>("EtcdAlarmList");
  REQUIRE(listed.messages(0).member_alarms_size() == 1);
  CHECK(listed.messages(0).member_alarms(0).alarm() == machine::EtcdMemberAlarm::NOSPACE);
  const auto disarmed = m.Ask<machine::EtcdAlarmDisarmResponse>("EtcdAlarmDisarm");
  CHECK(disarmed.messages(0).member_alarms_size() == 1);
  CHECK(m.Ask<machine::EtcdAlarmListResponse>("EtcdAlarmList").messages(0).member_alarms().empty());
}

void CheckMaintenance(Machine& m) {
  CHECK(m.Ask<machine::EtcdDefragmentResponse>("EtcdDefragment").messages_size() == 1);
  machine::EtcdDowngradeValidateRequest older;
  older.set_version("3.1.0");
  m.Ask<machine::EtcdDowngradeValidateResponse>("EtcdDowngradeValidate", older);
  CHECK_THAT(m.status, base::StatusIs(absl::StatusCode::kInvalidArgument,
                                      "etcdserver: invalid downgrade target version"));
  const auto cancelled = m.Ask<machine::EtcdDowngradeCancelResponse>("EtcdDowngradeCancel");
  REQUIRE_THAT(m.status, base::IsOk());
  CHECK_FALSE(cancelled.messages(0).cluster_downgrade().cluster_version().empty());
}

void CheckHealth(Machine& m) {
  EtcdHealth health(
      {.runtime = m.f.t.runtime, .loop = *m.f.t.loop, .clock = m.f.t.clock, .etcd = m.f.etcd});
  services::ProcessStatus::Spec process;
  process.set_pid(1);
  m.f.t.runtime.Publish<services::ProcessStatus>("test", {{"etcd", process}});
  m.f.t.Advance(std::chrono::milliseconds(20));
  health.OnSettled();
  const auto rows = [&] { return m.f.t.runtime.Read<services::ServiceHealth>(); };
  REQUIRE(m.Until([&] {
    m.f.t.Advance(std::chrono::milliseconds(20));
    return rows().find("etcd") != rows().end();
  }));
  CHECK(rows().front().spec().healthy());
  const auto members = m.f.t.runtime.Read<etcd::EtcdMember>();
  REQUIRE(members.size() == 1);
  CHECK(members.front().spec().member_id().size() == 16);
}

}  // namespace

TEST_CASE("etcd methods: each before a real etcd", "[etcd]") {
  if (std::getenv("ICHOR_ETCD") == nullptr) {
    SKIP("no etcd");
  }
  Machine m;
  m.Start(Beginning(Data::NEW));
  m.WaitUntilItServes();
  CheckMembers(m);
  CheckViews(m);
  CheckAlarms(m);
  CheckMaintenance(m);
  CheckHealth(m);
}

TEST_CASE("etcd methods: a snapshot brings back what was there", "[etcd]") {
  if (std::getenv("ICHOR_ETCD") == nullptr) {
    SKIP("no etcd");
  }
  Machine m;
  m.Start(Beginning(Data::NEW));
  m.WaitUntilItServes();
  etcdserverpb::PutRequest put;
  put.set_key("color");
  put.set_value("blue");
  m.Say<etcdserverpb::PutResponse>("KV/Put", put);
  common::Data snapshot;
  snapshot.set_bytes(m.TakeSnapshot());
  constexpr size_t kSectorBytes = 512;
  constexpr size_t kHashBytes = 32;
  CHECK(snapshot.bytes().size() % kSectorBytes == kHashBytes);
  m.etcd.reset();
  REQUIRE_THAT(m.directory().Wipe(), base::IsOk());
  REQUIRE_THAT(m.directory().Look().status(), base::IsOk());

  m.Ask<machine::EtcdRecoverResponse>("EtcdRecover", snapshot);
  REQUIRE_THAT(m.status, base::IsOk());
  const Data data = Beginning(Data::SNAPSHOT);
  REQUIRE_THAT(m.directory().Record(data), base::IsOk());
  Program restore(m.Arguments("etcd-restore", data), m.path + "/restore.log");
  REQUIRE(restore.Wait() == 0);
  REQUIRE_THAT(m.directory().TakeRestored(), base::IsOk());
  Data restored = data;
  restored.set_empty(false);
  m.Start(restored);
  m.WaitUntilItServes();
  etcdserverpb::RangeRequest get;
  get.set_key("color");
  CHECK(m.Say<etcdserverpb::RangeResponse>("KV/Range", get).count() == 1);

  m.Ask<machine::EtcdLeaveClusterResponse>("EtcdLeaveCluster");
  CHECK_THAT(m.status,
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "this is the only voting member: its cluster ends with a reset of its "
                            "node, and cannot be left"));
  CHECK_FALSE(m.f.etcd.left);
}

TEST_CASE("etcd methods: who is no member of the cluster hears why it is not served", "[etcd]") {
  if (std::getenv("ICHOR_ETCD") == nullptr) {
    SKIP("no etcd");
  }
  Machine m;
  m.Ask<machine::EtcdStatusResponse>("EtcdStatus");
  CHECK(m.status.code() == absl::StatusCode::kUnavailable);
  m.Start(Beginning(Data::NEW));
  m.WaitUntilItServes();
  const pki::Identity other = *pki::NewAuthority(pki::EtcdAuthority(), base::RealClock().Now());
  m.root.mutable_etcd_ca()->set_crt(other.certificate.ToPem());
  m.Ask<machine::EtcdStatusResponse>("EtcdStatus");
  CHECK(m.status.code() == absl::StatusCode::kUnavailable);
}

}  // namespace ichor::api
