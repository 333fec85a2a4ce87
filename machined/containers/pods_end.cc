#include "machined/containers/pods_end.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/empty.pb.h"
#include "ichor/boot.resources.h"
#include "ichor/service.resources.h"
#include "lib/base/log.h"

namespace ichor {
namespace {

namespace v1 = ::runtime::v1;
using google::protobuf::Empty;
using services::ProcessStatus;

bool Runs(Runtime& runtime, const char* id) {
  const auto processes = runtime.Read<ProcessStatus>();
  const auto process = processes.find(id);
  return process != processes.end() && process->spec().pid() != 0;
}

}  // namespace

PodsEnd::PodsEnd(Loop& loop, Runtime& runtime, const base::Clock& clock, std::string socket)
    : loop_(loop), runtime_(runtime), clock_(clock), socket_(std::move(socket)) {
  Publish(false);
}

void PodsEnd::OnSettled() {
  if (ended_ || runtime_.Read<boot::PowerRequest>().empty()) {
    return;
  }
  if (!std::exchange(asked_, true)) {
    loop_.RunAt(clock_.Monotonic() + kLimit, [this] { Finish(); });
  }
  if (!begun_ && !Runs(runtime_, "kubelet")) {
    begun_ = true;
    loop_.RunAt(clock_.Monotonic(), [this] { Begin(); });
  }
}

void PodsEnd::Begin() {
  absl::StatusOr<std::unique_ptr<Containerd>> cri =
      Runs(runtime_, "cri") ? Containerd::Connect(loop_, socket_, "k8s.io")
                            : absl::UnavailableError("containerd does not run");
  if (!cri.ok()) {
    Finish();
    return;
  }
  cri_ = *std::move(cri);
  Look();
}

// Goes on with `next` and the answer; an error is said, and what follows is done all the same.
template <class Reply, class Request, class Next>
void PodsEnd::Call(const char* method, const Request& request, Next next) {
  cri_->Call<Reply>(std::string("/runtime.v1.RuntimeService/") + method, request,
                    [this, method, next](const absl::StatusOr<Reply>& reply) {
                      if (!reply.ok()) {
                        base::Log(base::Severity::kWarning, "pods: {}: {}", method,
                                  base::MessageOf(reply.status()));
                      }
                      if (!ended_) {
                        next(reply.ok() ? *reply : Reply());
                      }
                    });
}

void PodsEnd::Look() {
  v1::ListPodSandboxRequest request;
  request.mutable_filter()->mutable_state()->set_state(v1::SANDBOX_READY);
  Call<v1::ListPodSandboxResponse>("ListPodSandbox", request,
                                   [this](const v1::ListPodSandboxResponse& reply) {
                                     for (const v1::PodSandbox& sandbox : reply.items()) {
                                       pods_.push_back({.id = sandbox.id()});
                                     }
                                     Publish(false);
                                     LookAt(0);
                                   });
}

void PodsEnd::LookAt(size_t index) {
  if (index == pods_.size()) {
    StopGroup(false);
    return;
  }
  v1::PodSandboxStatusRequest request;
  request.set_pod_sandbox_id(pods_[index].id);
  Call<v1::PodSandboxStatusResponse>(
      "PodSandboxStatus", request, [this, index](const v1::PodSandboxStatusResponse& reply) {
        const auto& options = reply.status().linux().namespaces().options();
        pods_[index].in_host_network = options.network() == v1::NODE;
        LookAt(index + 1);
      });
}

void PodsEnd::StopGroup(bool in_host_network) {
  v1::ListContainersRequest request;
  request.mutable_filter()->mutable_state()->set_state(v1::CONTAINER_RUNNING);
  Call<v1::ListContainersResponse>(
      "ListContainers", request,
      [this, in_host_network](const auto& reply) { StopContainers(in_host_network, reply); });
}

void PodsEnd::StopContainers(bool in_host_network, const v1::ListContainersResponse& containers) {
  waiting_ = 1;  // this one
  for (const v1::Container& container : containers.containers()) {
    const auto pod = std::ranges::find(pods_, container.pod_sandbox_id(), &Pod::id);
    if (pod == pods_.end() || pod->in_host_network != in_host_network) {
      continue;
    }
    v1::StopContainerRequest request;
    request.set_container_id(container.id());
    request.set_timeout((in_host_network ? kLastGrace : kGrace).count());
    ++waiting_;
    Call<Empty>("StopContainer", request, [this, in_host_network](const Empty&) {
      if (--waiting_ == 0) {
        StopSandboxes(in_host_network);
      }
    });
  }
  if (--waiting_ == 0) {
    StopSandboxes(in_host_network);
  }
}

void PodsEnd::StopSandboxes(bool in_host_network) {
  waiting_ = 1;
  for (const Pod& pod : pods_) {
    if (pod.in_host_network != in_host_network) {
      continue;
    }
    v1::StopPodSandboxRequest request;
    request.set_pod_sandbox_id(pod.id);
    ++waiting_;
    Call<Empty>("StopPodSandbox", request,
                [this, in_host_network](const Empty&) { Step(in_host_network); });
  }
  Step(in_host_network);
}

void PodsEnd::Step(bool in_host_network) {
  if (--waiting_ != 0) {
    return;
  }
  std::erase_if(
      pods_, [in_host_network](const Pod& pod) { return pod.in_host_network == in_host_network; });
  Publish(false);
  if (in_host_network) {
    Finish();
  } else {
    StopGroup(true);
  }
}

void PodsEnd::Finish() {
  if (!std::exchange(ended_, true)) {
    Publish(true);
  }
}

void PodsEnd::Publish(bool ended) {
  cri::PodsEnd::Spec end;
  end.set_running(static_cast<std::uint32_t>(pods_.size()));
  end.set_ended(ended);
  runtime_.Publish<cri::PodsEnd>(kSource, {{"pods", std::move(end)}});
}

}  // namespace ichor
