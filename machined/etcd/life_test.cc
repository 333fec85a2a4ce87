#include "machined/etcd/life.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <format>
#include <optional>

#include "catch2/catch_test_macros.hpp"
#include "ichor/kubelet.resources.h"
#include "ichor/service.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/file.h"
#include "machined/etcd/policy.h"
#include "machined/kubernetes/test_config.h"
#include "machined/secrets/root.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using Data = EtcdDirectory::Data;

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

// A node with a disk of its own, whose config is `text`.
struct Machine {
  explicit Machine(const std::string& text = Cluster().OneDocument())
      : path(std::format("/tmp/etcd_life_test.{}", getpid())) {
    std::filesystem::create_directories(path);
    t.runtime.AddSource<etcd::EtcdMember>("test");
    t.runtime.AddSource<services::ServiceState>("test");
    t.runtime.Reconcile("etcd.derive-config", DeriveEtcdConfig);
    t.runtime.Reconcile("config.derive-machine-type", DeriveMachineType);
    Start();
    config::MachineConfig::Spec config;
    config.set_yaml_marshalled(text);
    t.runtime.Publish<config::MachineConfig>("test", {{"v1alpha1", config}});
    Sync(true);
    Mount(true);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() { std::filesystem::remove_all(path); }

  void Start() {
    life.reset();
    life.emplace(EtcdLife::Parts{.runtime = t.runtime,
                                 .loop = *t.loop,
                                 .clock = t.clock,
                                 .worker = t.executor,
                                 .directory = EtcdDirectory(path, getuid())});
    t.runtime.OnSettled([this] { life->OnSettled(); });
    t.Advance(20ms);
  }
  void Sync(bool synced) {
    time::TimeStatus::Spec time;
    time.set_synced(synced);
    t.runtime.Publish<time::TimeStatus>("test", {{"node", time}});
    t.Advance(20ms);
  }
  void Mount(bool mounted) {
    Desired<block::MountStatus> rows;
    if (mounted) {
      rows.Add("EPHEMERAL", {});
    }
    t.runtime.Publish<block::MountStatus>("test", std::move(rows));
    t.Advance(20ms);
  }
  void Restore(services::ServiceState::Spec::State state) {
    services::ServiceState::Spec spec;
    spec.set_state(state);
    t.runtime.Publish<services::ServiceState>("test", {{"etcd-restore", spec}});
    t.Advance(20ms);
  }
  void SetPods(const std::string& text) {
    t.runtime.Publish<cri::PodsEnd>("test", {{"pods", Text(text)}});
    t.Advance(20ms);
  }
  void Write(const std::string& name) {
    const std::filesystem::path file = std::filesystem::path(path) / name;
    std::filesystem::create_directories(file.parent_path());
    REQUIRE_THAT(sys::WriteFileAtomically(file.string(), "x", 0600), base::IsOk());
  }
  bool Has(const std::string& name) const { return std::filesystem::exists(path + "/" + name); }

  absl::Status Bootstrap(const EtcdControl::BootstrapWish& wish = {}) {
    absl::Status answer = absl::UnknownError("no answer");
    life->Bootstrap(wish, [&answer](const absl::Status& status) { answer = status; });
    t.Advance(20ms);
    return answer;
  }
  std::string Shown() {
    const auto rows = t.runtime.Read<etcd::EtcdDataStatus>();
    if (rows.empty()) {
      return "";
    }
    const Data& data = rows.front().spec();
    return std::format("{}{} {}", data.empty() ? "empty, " : "",
                       Data::Beginning_Name(data.beginning()), data.error());
  }

  TestRuntime t;
  std::string path;
  std::optional<EtcdLife> life;
};

}  // namespace

TEST_CASE("etcd's life: bootstrap is on the disk when it is answered, and served once") {
  Machine node;
  CHECK(node.Shown() == "empty, NONE ");
  REQUIRE_THAT(node.Bootstrap(), base::IsOk());
  CHECK(node.Has("etcd.beginning"));
  CHECK(node.Shown() == "empty, NEW ");
  CHECK_THAT(node.Bootstrap(), base::IsOk());
  CHECK_THAT(node.Bootstrap({.from_snapshot = true}),
             base::StatusIs(absl::StatusCode::kAlreadyExists,
                            "etcd has begun already, and not from a snapshot"));

  node.Start();  // machined was killed
  CHECK(node.Shown() == "empty, NEW ");

  node.Write("etcd/member/wal/0");
  CHECK_THAT(node.Bootstrap(),
             base::StatusIs(absl::StatusCode::kAlreadyExists, "etcd data directory is not empty"));
  node.t.runtime.Publish<etcd::EtcdMember>("test", {{"local", {}}});
  node.t.Advance(20ms);
  CHECK_FALSE(node.Has("etcd.beginning"));
  CHECK(node.Shown() == "NEW ");  // so that its flags stay
  CHECK_THAT(node.Bootstrap(),
             base::StatusIs(absl::StatusCode::kAlreadyExists, "etcd data directory is not empty"));
  node.Start();
  CHECK(node.Shown() == "NEW ");
}

TEST_CASE("etcd's life: a machine of type init begins by itself, once the time is known") {
  std::string text = Cluster().OneDocument();
  const std::string type = "type: controlplane";
  REQUIRE(text.contains(type));
  text.replace(text.find(type), type.size(), "type: init");
  Machine node(text);
  CHECK(node.Shown() == "empty, NEW ");
}

TEST_CASE("etcd's life: a member that leaves gives its data up once its process has ended") {
  Machine node;
  node.Write("etcd/member/wal/0");
  node.Start();
  services::ProcessStatus::Spec process;
  process.set_pid(7);
  node.t.runtime.Publish<services::ProcessStatus>("test", {{"etcd", process}});
  node.t.Advance(20ms);
  absl::Status left = absl::UnknownError("no answer");
  node.life->Leave([&left](const absl::Status& status) { left = status; });
  node.t.Advance(20ms);
  REQUIRE_THAT(left, base::IsOk());
  CHECK(node.Shown() == "LEFT ");
  CHECK(node.Bootstrap().code() == absl::StatusCode::kFailedPrecondition);
  node.t.runtime.Publish<services::ProcessStatus>("test", {});
  node.t.Advance(20ms);
  CHECK(node.Shown() == "empty, NONE ");
  CHECK_THAT(node.Bootstrap(), base::IsOk());
}

TEST_CASE("etcd's life: on the way down, leaving waits for the pods, and for no etcd") {
  Machine node;
  node.Write("etcd/member/wal/0");
  node.Start();
  const auto leaving = [&node] {
    return node.t.runtime.Read<etcd::EtcdDataStatus>().front().spec().leaving();
  };
  node.life->LeaveOnTheWayDown();
  node.t.Advance(20ms);
  CHECK(leaving());
  node.SetPods("running: 1");
  CHECK(leaving());
  node.SetPods("ended: true");
  CHECK_FALSE(leaving());  // etcd does not run
  CHECK(node.Shown() == "NONE ");
}

TEST_CASE("etcd's life: another snapshot is another piece of work, the same one is not") {
  Machine node;
  const auto number = [&node] {
    return node.t.runtime.Read<etcd::EtcdDataStatus>().front().spec().number();
  };
  node.t.clock.Advance(1h);
  node.Write("etcd.snapshot");
  REQUIRE_THAT(node.Bootstrap({.from_snapshot = true}), base::IsOk());
  const auto first = number();
  CHECK(first != 0);
  REQUIRE_THAT(node.Bootstrap({.from_snapshot = true}), base::IsOk());
  CHECK(number() == first);
  node.Write("etcd/restored/member/snap/db");
  node.Restore(services::ServiceState::Spec::FINISHED);
  node.Restore(services::ServiceState::Spec::WAITING);
  node.life->Leave([](const absl::Status&) {});
  node.t.Advance(20ms);
  CHECK(node.Shown() == "empty, NONE ");
  node.Write("etcd.snapshot");
  REQUIRE_THAT(node.Bootstrap({.from_snapshot = true}), base::IsOk());
  CHECK(number() != first);
}

TEST_CASE("etcd's life: a snapshot has a place where etcd has one") {
  Machine node;
  CHECK(*node.life->PlaceForSnapshot() == node.path + "/etcd.snapshot");
  node.Mount(false);
  CHECK_THAT(node.life->PlaceForSnapshot().status(),
             base::StatusIs(absl::StatusCode::kFailedPrecondition,
                            "it is too early: volume EPHEMERAL is not mounted"));
}

TEST_CASE("etcd's life: while etcd does not run, who wants to talk with it hears why") {
  Machine node;
  services::ServiceState::Spec state;
  state.set_state(services::ServiceState::Spec::WAITING);
  state.set_message("waits for bootstrap: run `ichorctl bootstrap -n 10.0.0.2`");
  node.t.runtime.Publish<services::ServiceState>("test", {{"etcd", state}});
  node.t.Advance(20ms);
  CHECK_THAT(node.life->Open().status(),
             base::StatusIs(absl::StatusCode::kUnavailable,
                            "etcd does not run: waits for bootstrap: run `ichorctl bootstrap -n "
                            "10.0.0.2`"));
}

TEST_CASE("etcd's life: bootstrap says why it is not available") {
  SECTION("on a worker") {
    Machine node("version: v1alpha1\nmachine: {type: worker}\ncluster: {}\n");
    CHECK_THAT(node.Bootstrap(), base::StatusIs(absl::StatusCode::kUnimplemented,
                                                "this is only available on control plane nodes"));
    CHECK(node.Shown().empty());
  }
  SECTION("before the time is known") {
    Machine node;
    node.Sync(false);
    CHECK_THAT(node.Bootstrap(),
               base::StatusIs(absl::StatusCode::kFailedPrecondition, "time is not in sync yet"));
  }
  SECTION("before there is a place for data") {
    Machine node;
    node.Mount(false);
    CHECK(node.Shown().empty());
    CHECK_THAT(node.Bootstrap(),
               base::StatusIs(absl::StatusCode::kFailedPrecondition,
                              "it is too early: volume EPHEMERAL is not mounted"));
  }
}

TEST_CASE("etcd's life: a snapshot is restored as often as it takes") {
  Machine node;
  node.Write("etcd.snapshot");
  REQUIRE_THAT(node.Bootstrap({.from_snapshot = true}), base::IsOk());
  CHECK(node.Shown() == "empty, SNAPSHOT ");
  node.Restore(services::ServiceState::Spec::RUNNING);
  node.Write("etcd/restored/member/snap/db");
  node.Restore(services::ServiceState::Spec::WAITING);
  CHECK_FALSE(node.Has("etcd/restored"));

  node.Restore(services::ServiceState::Spec::RUNNING);
  node.Write("etcd/restored/member/snap/db");
  node.Restore(services::ServiceState::Spec::FINISHED);
  CHECK(node.Has("etcd/member/snap/db"));
  CHECK_FALSE(node.Has("etcd.snapshot"));
  CHECK(node.Shown() == "SNAPSHOT ");
}

TEST_CASE("etcd's life: what cannot be read is said, and looked at again") {
  Machine node;
  node.Mount(false);
  node.Write("etcd.beginning");
  node.Mount(true);
  CHECK(node.Shown() == std::format("NONE {}/etcd.beginning makes no sense", node.path));
  std::filesystem::remove(node.path + "/etcd.beginning");
  node.t.Advance(EtcdLife::kRetry);
  CHECK(node.Shown() == "empty, NONE ");
}

}  // namespace ichor
