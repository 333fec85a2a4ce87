#include "machined/containers/directory.h"

#include <unistd.h>

#include <format>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "containerd/containers.pb.h"
#include "containerd/tasks.pb.h"
#include "cri/runtime.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_file_view.h"

namespace ichor {
namespace {

using machine::ContainerInfo;

constexpr const char* kPod =
    "labels { key: 'io.kubernetes.pod.namespace' value: 'kube-system' } labels { key: "
    "'io.kubernetes.pod.name' value: 'api-n1' }";

// A node whose containerd says always the same.
struct NodeWithContainers {
  NodeWithContainers() {
    auto made = rpc::Server::Create(*t.loop, {.path = path});
    REQUIRE_THAT(made, base::IsOk());
    server = *std::move(made);
    Say<containerd::services::tasks::v1::ListTasksResponse>(
        "containerd.services.tasks.v1.Tasks/List",
        "tasks { id: 'etcd' pid: 7 status: RUNNING } tasks { id: 'sandbox' pid: 8 status: RUNNING "
        "}");
    Say<containerd::services::containers::v1::ListContainersResponse>(
        "containerd.services.containers.v1.Containers/List",
        "containers { id: 'kubelet' image: 'k:1' } containers { id: 'etcd' image: 'e:1' }");
    Say<::runtime::v1::ListPodSandboxResponse>(
        "runtime.v1.RuntimeService/ListPodSandbox",
        "items { id: 'sandbox' metadata { name: 'api-n1' namespace: 'kube-system' uid: 'u' } }");
    Say<::runtime::v1::ListContainersResponse>(
        "runtime.v1.RuntimeService/ListContainers",
        std::format("containers {{ id: '0123456789abcdef' pod_sandbox_id: 'sandbox' metadata {{ "
                    "name: 'api' }} image {{ image: 'a:1' }} state: CONTAINER_RUNNING {} }}",
                    kPod));
    Say<::runtime::v1::ContainerStatusResponse>("runtime.v1.RuntimeService/ContainerStatus",
                                                "status { log_path: '/var/log/pods/p/api/0.log' }");
    Say<::runtime::v1::ListContainerStatsResponse>(
        "runtime.v1.RuntimeService/ListContainerStats",
        std::format(
            "stats {{ attributes {{ id: '0123456789abcdef' metadata {{ name: 'api' }} {} }} "
            "cpu {{ usage_core_nano_seconds {{ value: 9 }} }} memory {{ working_set_bytes "
            "{{ value: 5 }} }} }}",
            kPod));
  }
  ~NodeWithContainers() { unlink(path.c_str()); }

  template <class Reply>
  void Say(const std::string& method, const std::string& text) {
    const Reply reply = Text(text);
    server->Handle("/" + method, [bytes = reply.SerializeAsString()](rpc::Stream& stream) {
      return rpc::UnaryCall(
          stream, [bytes](std::string_view) { return absl::StatusOr<std::string>(bytes); });
    });
  }

  void Turn() {
    for (int i = 0; i < 50; ++i) {
      t.loop->poller().Wait(std::chrono::nanoseconds(0));
      t.Settle();
    }
  }

  std::vector<ContainerInfo> List(const api::ContainerScope& scope) {
    std::vector<ContainerInfo> found;
    directory.List(scope, [&found](auto listed) {
      REQUIRE_THAT(listed, base::IsOk());
      found = *listed;
    });
    Turn();
    return found;
  }

  std::vector<machine::Stat> Stats(const api::ContainerScope& scope) {
    std::vector<machine::Stat> found;
    directory.Stats(scope, [&found](auto stats) {
      REQUIRE_THAT(stats, base::IsOk());
      found = *stats;
    });
    Turn();
    return found;
  }

  TestRuntime t;
  std::string path = std::format("/tmp/ichor-directory-{}", getpid());
  std::unique_ptr<rpc::Server> server;
  sys::FakeFileView files;
  ContainersOfNode directory{
      {.loop = *t.loop, .files = files, .logins = [] { return RegistryLogins(); }}, path};
};

}  // namespace

TEST_CASE("containers of the node: those of the system, with their processes") {
  NodeWithContainers node;
  const auto list = node.List({.name_space = "system"});
  REQUIRE(list.size() == 2);
  CHECK(list[0].id() == "etcd");
  CHECK(list[0].image() == "e:1");
  CHECK(list[0].pid() == 7);
  CHECK(list[0].status() == "RUNNING");
  CHECK(list[1].id() == "kubelet");
  CHECK(list[1].status() == "STOPPED");
}

TEST_CASE("containers of the node: pods, and the containers in them") {
  NodeWithContainers node;
  const auto list = node.List({.name_space = "k8s.io", .by_pods = true});
  REQUIRE(list.size() == 2);
  CHECK(list[0].id() == "kube-system/api-n1");
  CHECK(list[0].pod_id() == "kube-system/api-n1");
  CHECK(list[0].pid() == 8);
  CHECK(list[0].status() == "SANDBOX_READY");
  CHECK(list[1].id() == "kube-system/api-n1:api:0123456789ab");
  CHECK(list[1].internal_id() == "0123456789abcdef");
  CHECK(list[1].status() == "CONTAINER_RUNNING");
}

TEST_CASE("containers of the node: where the log of a pod's container is") {
  NodeWithContainers node;
  const auto file = [&node](const std::string& id) {
    absl::StatusOr<std::string> path = absl::UnknownError("not answered");
    node.directory.LogFile(id, [&path](auto found) { path = std::move(found); });
    node.Turn();
    return path;
  };
  CHECK(file("kube-system/api-n1:api:0123456789ab").value_or("") == "/var/log/pods/p/api/0.log");
  CHECK_THAT(file("kube-system/api-n1").status(),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "kube-system/api-n1 is a pod: its containers have logs, which "
                            "containers -k lists"));
  CHECK_THAT(file("x").status(),
             base::StatusIs(absl::StatusCode::kNotFound, "container \"x\" not found"));
}

TEST_CASE("containers of the node: what they use") {
  NodeWithContainers node;
  const auto pods = node.Stats({.name_space = "k8s.io", .by_pods = true});
  REQUIRE(pods.size() == 1);
  CHECK(pods[0].id() == "kube-system/api-n1:api:0123456789ab");
  CHECK(pods[0].memory_usage() == 5);
  CHECK(pods[0].cpu_usage() == 9);

  node.files.AddFile("/proc/7/cgroup", "0::/podruntime/etcd\n");
  node.files.AddFile("/sys/fs/cgroup/podruntime/etcd/memory.current", "1000\n");
  node.files.AddFile("/sys/fs/cgroup/podruntime/etcd/memory.stat", "anon 5\ninactive_file 400\n");
  node.files.AddFile("/sys/fs/cgroup/podruntime/etcd/cpu.stat", "usage_usec 3\nuser_usec 1\n");
  const auto system = node.Stats({.name_space = "system"});
  REQUIRE(system.size() == 2);
  CHECK(system[0].id() == "etcd");
  CHECK(system[0].memory_usage() == 600);
  CHECK(system[0].cpu_usage() == 3000);
}

TEST_CASE("containers of the node: without a containerd there are none, and nothing is pulled") {
  NodeWithContainers node;
  node.server.reset();
  unlink(node.path.c_str());
  CHECK(node.List({.name_space = "system"}).empty());
  std::optional<absl::Status> pulled;
  node.directory.Pull("system", "a:1", [&pulled](const auto& name) { pulled = name.status(); });
  REQUIRE(pulled.has_value());
  CHECK_THAT(*pulled, base::StatusIs(absl::StatusCode::kUnavailable, "containerd does not run"));
}

TEST_CASE("containers of the node: an archive that is broken off is no archive that ends") {
  // What containerd has open.
  struct Open : rpc::Call {
    Open(rpc::Stream& on, int& count, bool& end) : stream(on), calls(count), ended(end) { ++calls; }
    ~Open() override { --calls; }
    void OnMessage(std::string /*message*/) override {
      // A stream stands with that, a transfer goes on.
      stream.Send(Packed(google::protobuf::Empty()).SerializeAsString());
    }
    void OnEnd(const absl::Status& /*status*/) override { ended = true; }
    rpc::Stream& stream;
    int& calls;
    bool& ended;
  };
  NodeWithContainers node;
  int streams = 0;
  int transfers = 0;
  bool ended = false;
  bool transfer_ended = false;  // as every call's request
  node.server->Handle("/containerd.services.streaming.v1.Streaming/Stream",
                      [&](rpc::Stream& on) { return std::make_unique<Open>(on, streams, ended); });
  node.server->Handle("/containerd.services.transfer.v1.Transfer/Transfer", [&](rpc::Stream& on) {
    return std::make_unique<Open>(on, transfers, transfer_ended);
  });
  bool answered = false;
  auto archive = node.directory.Import("system", [] {}, [&](const auto&) { answered = true; });
  archive->Write("ta");
  node.Turn();
  CHECK(streams == 2);
  CHECK(transfers == 1);
  archive.reset();
  node.Turn();
  CHECK(streams == 0);
  CHECK(transfers == 0);
  CHECK_FALSE(ended);
  CHECK_FALSE(answered);
}

TEST_CASE("containers of the node: without containerd no archive is taken") {
  NodeWithContainers node;
  ContainersOfNode nowhere(
      {.loop = *node.t.loop, .files = node.files, .logins = [] { return RegistryLogins(); }},
      node.path + ".none");
  absl::StatusOr<std::string> answer = absl::UnknownError("not answered");
  const auto archive =
      nowhere.Import("system", [] {}, [&](auto said) { answer = std::move(said); });
  CHECK_THAT(answer.status(),
             base::StatusIs(absl::StatusCode::kUnavailable, "containerd does not run"));
}

}  // namespace ichor
