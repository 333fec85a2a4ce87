#include "machined/containers/pods_end.h"

#include <unistd.h>

#include <format>
#include <functional>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "google/protobuf/empty.pb.h"
#include "ichor/boot.resources.h"
#include "ichor/service.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

namespace v1 = ::runtime::v1;
using google::protobuf::Empty;
using services::ProcessStatus;

// A node whose containerd has a pod in the pods' network, and one in the host's.
struct NodeWithPods {
  explicit NodeWithPods(bool has_containerd = true) {
    if (has_containerd) {
      auto made = rpc::Server::Create(*t.loop, {.path = path});
      REQUIRE_THAT(made, base::IsOk());
      server = *std::move(made);
      Serve();
    }
    Publish("pid: 8", has_containerd ? "pid: 7" : "");
  }
  ~NodeWithPods() { unlink(path.c_str()); }

  void Publish(const std::string& kubelet, const std::string& cri) {
    t.runtime.Publish<ProcessStatus>("test", {{"kubelet", Text(kubelet)}, {"cri", Text(cri)}});
    Turn();
  }

  template <class Request, class Reply>
  void On(const std::string& method, const std::function<Reply(const Request&)>& answer) {
    server->Handle("/runtime.v1.RuntimeService/" + method, [answer](rpc::Stream& stream) {
      return rpc::UnaryCall(stream, [answer](std::string_view bytes) {
        Request request;
        request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
        return absl::StatusOr<std::string>(answer(request).SerializeAsString());
      });
    });
  }

  void Serve() {
    On<v1::ListPodSandboxRequest, v1::ListPodSandboxResponse>("ListPodSandbox", [](const auto&) {
      return v1::ListPodSandboxResponse(Text("items { id: 'api' } items { id: 'web' }"));
    });
    On<v1::PodSandboxStatusRequest, v1::PodSandboxStatusResponse>(
        "PodSandboxStatus", [](const auto& request) {
          return v1::PodSandboxStatusResponse(Text(
              std::format("status {{ linux {{ namespaces {{ options {{ network: {} }} }} }} }}",
                          request.pod_sandbox_id() == "api" ? "NODE" : "POD")));
        });
    On<v1::ListContainersRequest, v1::ListContainersResponse>("ListContainers", [](const auto&) {
      return v1::ListContainersResponse(
          Text("containers { id: 'c-api' pod_sandbox_id: 'api' } containers { id: 'c-web' "
               "pod_sandbox_id: 'web' }"));
    });
    On<v1::StopContainerRequest, Empty>("StopContainer", [this](const auto& request) {
      done += std::format("{} {}s, ", request.container_id(), request.timeout());
      return Empty();
    });
    On<v1::StopPodSandboxRequest, Empty>("StopPodSandbox", [this](const auto& request) {
      done += std::format("{}, ", request.pod_sandbox_id());
      return Empty();
    });
  }

  void Turn() {
    for (int i = 0; i < 100; ++i) {
      t.loop->poller().Wait(std::chrono::nanoseconds(0));
      t.Settle();
      pods.OnSettled();
    }
    t.Advance(std::chrono::milliseconds(20));
  }

  bool Ended() { return t.runtime.Read<cri::PodsEnd>().find("pods")->spec().ended(); }

  TestRuntime t;
  std::string path = std::format("/tmp/ichor-pods-{}", getpid());
  std::unique_ptr<rpc::Server> server;
  std::string done;
  PodsEnd pods{*t.loop, t.runtime, t.clock, path};
};

}  // namespace

TEST_CASE("pods: they end after the kubelet, those in the host's network last") {
  NodeWithPods node;
  CHECK_FALSE(node.Ended());
  node.t.runtime.Publish<boot::PowerRequest>("test", {{"power", {}}});
  node.Turn();
  CHECK(node.done.empty());
  node.Publish("", "pid: 7");
  CHECK(node.done == "c-web 20s, web, c-api 10s, api, ");
  CHECK(node.Ended());
}

TEST_CASE("pods: where no containerd runs there are none") {
  NodeWithPods node(false);
  node.t.runtime.Publish<boot::PowerRequest>("test", {{"power", {}}});
  node.Publish("", "");
  CHECK(node.Ended());
}

TEST_CASE("pods: their end has its limit, also when the kubelet does not end") {
  NodeWithPods node;
  node.t.runtime.Publish<boot::PowerRequest>("test", {{"power", {}}});
  node.Turn();
  node.t.Advance(PodsEnd::kLimit);
  node.Turn();
  CHECK(node.Ended());
  CHECK(node.done.empty());
}

}  // namespace ichor
