#include "machined/containers/container_host.h"

#include <unistd.h>

#include <csignal>
#include <format>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "containerd/containers.pb.h"
#include "containerd/content.pb.h"
#include "containerd/images.pb.h"
#include "containerd/snapshots.pb.h"
#include "containerd/tasks.pb.h"
#include "containerd/transfer.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"
#include "machined/services/fingerprint.h"

namespace ichor {
namespace {

namespace containers = containerd::services::containers::v1;
namespace content = containerd::services::content::v1;
namespace images = containerd::services::images::v1;
namespace snapshots = containerd::services::snapshots::v1;
namespace tasks = containerd::services::tasks::v1;
namespace transfer = containerd::services::transfer::v1;
using google::protobuf::Empty;
using services::ProcessStatus;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// containerd with a registry of one image, whose state outlives its server.
struct FakeContainerd {
  explicit FakeContainerd(Loop& on) : loop(on) { Serve(); }
  ~FakeContainerd() { unlink(path.c_str()); }

  template <class Request, class Reply>
  void On(const std::string& method,
          const std::function<absl::StatusOr<Reply>(const Request&)>& answer) {
    server->Handle("/containerd.services." + method, [this, method, answer](rpc::Stream& stream) {
      return rpc::UnaryCall(
          stream, [this, method, answer](std::string_view bytes) -> absl::StatusOr<std::string> {
            calls.push_back(method.substr(method.rfind('.') + 1));
            Request request;
            request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
            const absl::StatusOr<Reply> reply = answer(request);
            return reply.ok() ? absl::StatusOr<std::string>(reply->SerializeAsString())
                              : reply.status();
          });
    });
  }

  // Answers when the task ends.
  struct Waiting : rpc::Call {
    Waiting(FakeContainerd& in, rpc::Stream& on) : fake(in), stream(on) {}
    ~Waiting() override { fake.waiting.erase(this); }
    void OnMessage(std::string message) override {
      tasks::WaitRequest request;
      request.ParseFromString(message);
      id = request.container_id();
      fake.waiting.insert(this);
    }
    void OnEnd(const absl::Status& /*status*/) override {}
    FakeContainerd& fake;
    rpc::Stream& stream;
    std::string id;
  };

  void Serve() {
    auto made = rpc::Server::Create(loop, {.path = path});
    REQUIRE_THAT(made, base::IsOk());
    server = *std::move(made);
    ServeImages();
    ServeContainers();
    ServeTasks();
  }

  void ServeImages() {
    On<images::GetImageRequest, images::GetImageResponse>(
        "images.v1.Images/Get",
        [this](const auto& request) -> absl::StatusOr<images::GetImageResponse> {
          if (!pulled.contains(request.name())) {
            return absl::NotFoundError("image not found");
          }
          return Text("image { target { digest: 'manifest' } }");
        });
    On<content::ReadContentRequest, content::ReadContentResponse>(
        "content.v1.Content/Read",
        [](const auto& request) -> absl::StatusOr<content::ReadContentResponse> {
          content::ReadContentResponse reply;
          reply.set_data(request.digest() == "manifest"
                             ? R"({"config": {"digest": "config"}})"
                             : R"({"rootfs": {"diff_ids": ["sha256:a"]}})");
          return reply;
        });
    On<transfer::TransferRequest, Empty>(
        "transfer.v1.Transfer/Transfer", [this](const auto& request) -> absl::StatusOr<Empty> {
          CHECK(request.source().type_url() == "containerd.types.transfer.OCIRegistry");
          if (!registry.ok()) {
            return registry;
          }
          pulled.insert("k:1");
          return Empty();
        });
  }

  void ServeContainers() {
    On<snapshots::PrepareSnapshotRequest, snapshots::PrepareSnapshotResponse>(
        "snapshots.v1.Snapshots/Prepare", [](const auto& request) {
          CHECK(request.parent() == "sha256:a");
          CHECK(request.labels().contains("containerd.io/gc.root"));
          return absl::StatusOr<snapshots::PrepareSnapshotResponse>(
              Text("mounts { type: 'overlay' source: 'overlay' }"));
        });
    On<snapshots::RemoveSnapshotRequest, Empty>("snapshots.v1.Snapshots/Remove", [](const auto&) {
      return absl::StatusOr<Empty>(Empty());
    });
    On<containers::ListContainersRequest, containers::ListContainersResponse>(
        "containers.v1.Containers/List", [this](const auto&) {
          containers::ListContainersResponse reply;
          for (const auto& [id, container] : made_containers) {
            *reply.add_containers() = container;
          }
          return absl::StatusOr<containers::ListContainersResponse>(reply);
        });
    On<containers::GetContainerRequest, containers::GetContainerResponse>(
        "containers.v1.Containers/Get",
        [this](const auto& request) -> absl::StatusOr<containers::GetContainerResponse> {
          if (!made_containers.contains(request.id())) {
            return absl::NotFoundError("no container");
          }
          containers::GetContainerResponse reply;
          *reply.mutable_container() = made_containers.at(request.id());
          return reply;
        });
    On<containers::CreateContainerRequest, containers::CreateContainerResponse>(
        "containers.v1.Containers/Create", [this](const auto& request) {
          made_containers[request.container().id()] = request.container();
          containers::CreateContainerResponse reply;
          *reply.mutable_container() = request.container();
          return absl::StatusOr<containers::CreateContainerResponse>(reply);
        });
    On<containers::DeleteContainerRequest, Empty>("containers.v1.Containers/Delete",
                                                  [this](const auto& request) {
                                                    made_containers.erase(request.id());
                                                    return absl::StatusOr<Empty>(Empty());
                                                  });
  }

  void ServeTasks() {
    On<tasks::CreateTaskRequest, tasks::CreateTaskResponse>(
        "tasks.v1.Tasks/Create", [](const auto& request) {
          CHECK(request.rootfs_size() == 1);
          return absl::StatusOr<tasks::CreateTaskResponse>(tasks::CreateTaskResponse());
        });
    On<tasks::StartRequest, tasks::StartResponse>(
        "tasks.v1.Tasks/Start", [this](const auto& request) {
          running[request.container_id()] = ++last_pid;
          tasks::StartResponse reply;
          reply.set_pid(last_pid);
          return absl::StatusOr<tasks::StartResponse>(reply);
        });
    On<tasks::GetRequest, tasks::GetResponse>(
        "tasks.v1.Tasks/Get", [this](const auto& request) -> absl::StatusOr<tasks::GetResponse> {
          if (!running.contains(request.container_id())) {
            return absl::NotFoundError("no task");
          }
          tasks::GetResponse reply;
          reply.mutable_process()->set_pid(running.at(request.container_id()));
          reply.mutable_process()->set_status(containerd::v1::types::RUNNING);
          return reply;
        });
    On<tasks::KillRequest, Empty>("tasks.v1.Tasks/Kill", [this](const auto& request) {
      signals.push_back(request.signal());
      if (request.signal() == SIGKILL || !deaf) {
        End(request.container_id(), 128 + request.signal());
      }
      return absl::StatusOr<Empty>(Empty());
    });
    On<tasks::DeleteTaskRequest, tasks::DeleteResponse>(
        "tasks.v1.Tasks/Delete", [this](const auto& request) {
          running.erase(request.container_id());
          return absl::StatusOr<tasks::DeleteResponse>(tasks::DeleteResponse());
        });
    server->Handle("/containerd.services.tasks.v1.Tasks/Wait", [this](rpc::Stream& stream) {
      return std::make_unique<Waiting>(*this, stream);
    });
  }

  void End(const std::string& id, std::uint32_t status) {
    running.erase(id);
    for (Waiting* const call : std::set(waiting)) {
      if (call->id == id) {
        tasks::WaitResponse reply;
        reply.set_exit_status(status);
        call->stream.Send(reply.SerializeAsString());
        call->stream.Finish(absl::OkStatus());
      }
    }
  }

  Loop& loop;
  std::string path = std::format("/tmp/ichor-containerd-{}", getpid());
  absl::Status registry;
  std::set<std::string> pulled;
  std::map<std::string, containers::Container> made_containers;
  std::map<std::string, std::uint32_t> running;  // pid by id
  std::vector<std::string> calls;
  std::vector<std::uint32_t> signals;
  std::set<Waiting*> waiting;
  std::uint32_t last_pid = 100;
  bool deaf = false;  // to SIGTERM
  std::unique_ptr<rpc::Server> server;
};

struct Machine {
  Machine() {
    table.OnListed();
    table.OnStarted("cri", 7, {}, 0);
    Turn();
  }

  // What goes over the socket takes turns of the loop, not time.
  void Turn() {
    for (int i = 0; i < 200; ++i) {
      t.loop->poller().Wait(std::chrono::nanoseconds(0));
      t.Settle();
      host->OnSettled();
    }
    t.Advance(20ms);
  }

  ProcessStatus::Spec Kubelet() {
    const auto rows = t.runtime.Read<ProcessStatus>();
    const auto row = rows.find("kubelet");
    return row == rows.end() ? ProcessStatus::Spec() : row->spec();
  }

  // This process ends, and another one begins.
  void Restart() {
    host = std::make_unique<ContainerHost>(*t.loop, t.runtime, table, t.clock, containerd.path);
    table.OnStarted("kubelet", 0, {}, 0);
    Turn();
  }

  TestRuntime t;
  FakeContainerd containerd{*t.loop};
  ProcessTable table{*t.loop, t.runtime, t.clock};
  std::unique_ptr<ContainerHost> host =
      std::make_unique<ContainerHost>(*t.loop, t.runtime, table, t.clock, containerd.path);
};

services::ProcessSpec::Spec Wish(const char* argument = "--a") {
  return Text(std::format(
      "parameters {{ arguments: '/kubelet' arguments: '{}' container {{ image: 'k:1' }} }}",
      argument));
}

}  // namespace

TEST_CASE("containers: an image is pulled, and its container runs until it ends") {
  Machine m;
  REQUIRE_THAT(m.host->Start("kubelet", Wish()), base::IsOk());
  m.Turn();
  CHECK(m.Kubelet().pid() == 101);
  CHECK(m.Kubelet().in_container());
  CHECK(m.Kubelet().fingerprint() == FingerprintOf(Wish()));
  CHECK(m.containerd.pulled.contains("k:1"));

  m.containerd.End("kubelet", 3);
  m.Turn();
  CHECK(m.Kubelet().pid() == 0);
  CHECK(m.Kubelet().ended() == "exited with 3");
  CHECK(m.Kubelet().backing_off());
  CHECK(m.containerd.made_containers.empty());
}

TEST_CASE("containers: an image that cannot be pulled is named with its cause") {
  Machine m;
  m.containerd.registry = absl::UnavailableError(
      "failed to resolve image: failed to do request: Head \"https://r/v2\": dial tcp: lookup r on "
      "10.0.2.3:53: no such host");
  REQUIRE_THAT(m.host->Start("kubelet", Wish()), base::IsOk());
  m.Turn();
  CHECK(m.Kubelet().ended() == "image k:1 cannot be pulled: no such host");
  CHECK(m.Kubelet().backing_off());

  m.containerd.registry = absl::OkStatus();
  REQUIRE_THAT(m.host->Start("kubelet", Wish()), base::IsOk());
  m.Turn();
  CHECK(m.Kubelet().pid() == 101);
}

TEST_CASE("containers: what runs already is taken over, and told with what it was made with") {
  Machine m;
  REQUIRE_THAT(m.host->Start("kubelet", Wish()), base::IsOk());
  m.Turn();
  m.Restart();
  CHECK(m.Kubelet().pid() == 101);
  CHECK(m.Kubelet().fingerprint() == FingerprintOf(Wish()));
  REQUIRE_THAT(m.host->Start("kubelet", Wish("--b")), base::IsOk());
  m.Turn();
  CHECK(m.Kubelet().pid() == 101);  // to be stopped first
  m.containerd.End("kubelet", 0);
  m.Turn();
  CHECK(m.Kubelet().pid() == 0);
}

TEST_CASE("containers: containerd may be away, and nothing is lost") {
  Machine m;
  REQUIRE_THAT(m.host->Start("kubelet", Wish()), base::IsOk());
  m.Turn();
  m.containerd.server.reset();
  m.Turn();
  CHECK(m.Kubelet().pid() == 101);
  REQUIRE_THAT(m.host->Start("etcd", Wish()), base::IsOk());
  m.Turn();
  CHECK(m.t.runtime.Read<ProcessStatus>().find("etcd")->spec().progress() ==
        "waits for containerd");
  m.containerd.running.erase("kubelet");
  m.containerd.Serve();
  m.t.Advance(1s);
  m.Turn();
  CHECK(m.Kubelet().pid() == 0);
  CHECK(m.t.runtime.Read<ProcessStatus>().find("etcd")->spec().pid() == 102);
}

TEST_CASE("containers: who is told to end has its time, then is killed") {
  Machine m;
  m.containerd.deaf = true;
  REQUIRE_THAT(m.host->Start("kubelet", Wish()), base::IsOk());
  m.Turn();
  m.containerd.signals.clear();
  REQUIRE_THAT(m.host->Stop("kubelet"), base::IsOk());
  m.Turn();
  CHECK(m.Kubelet().stopping());
  CHECK(m.containerd.signals == std::vector<std::uint32_t>{SIGTERM});
  m.t.Advance(15s);
  m.Turn();
  CHECK(m.Kubelet().pid() == 0);
  CHECK(m.Kubelet().ended() == "killed by signal 9 (Killed)");
}

TEST_CASE("containers: a start that nobody wants any more leaves nothing") {
  Machine m;
  m.containerd.registry = absl::UnavailableError("no");
  REQUIRE_THAT(m.host->Start("kubelet", Wish()), base::IsOk());
  m.t.Settle();
  REQUIRE_THAT(m.host->Stop("kubelet"), base::IsOk());
  m.Turn();
  CHECK(m.Kubelet().pid() == 0);
  CHECK(m.Kubelet().progress().empty());
  CHECK(m.containerd.made_containers.empty());
}

TEST_CASE("containers: the end of a container is told as wait(2) does") {
  CHECK(WaitStatusOf(0) == 0);
  CHECK(WaitStatusOf(3) == 3 << 8);
  CHECK(WaitStatusOf(137) == 9);
  CHECK(WaitStatusOf(255) == 255 << 8);
}

}  // namespace ichor
