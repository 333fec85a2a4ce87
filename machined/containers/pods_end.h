// The end of the pods, when the machine goes down.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cri/runtime.pb.h"
#include "ichor/kubelet.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/containers/containerd.h"

namespace ichor {

// A source of PodsEnd. Once the machine is to go down and the kubelet has ended, which would start
// them anew, it stops all pods: first those in the pods' network, then those in the host's, such as
// the control plane. Their containers have some time to end by themselves. What is not done after
// kLimit is left to init. Loop's thread only.
class PodsEnd {
 public:
  static constexpr std::chrono::seconds kLimit{60};
  static constexpr std::chrono::seconds kGrace{20};      // of pods in the pods' network
  static constexpr std::chrono::seconds kLastGrace{10};  // of those in the host's

  // All must outlive it.
  PodsEnd(Loop& loop, Runtime& runtime, const base::Clock& clock, std::string socket);
  PodsEnd(const PodsEnd&) = delete;
  PodsEnd& operator=(const PodsEnd&) = delete;

  // To be called after each settle.
  void OnSettled();

 private:
  static constexpr std::string_view kSource = "containers.pods-end";

  struct Pod {
    std::string id;
    bool in_host_network = false;
  };

  void Begin();
  void Look();
  void LookAt(size_t index);
  void StopGroup(bool in_host_network);
  void StopContainers(bool in_host_network,
                      const ::runtime::v1::ListContainersResponse& containers);
  void StopSandboxes(bool in_host_network);
  void Step(bool in_host_network);
  void Finish();
  void Publish(bool ended);
  template <class Reply, class Request, class Next>
  void Call(const char* method, const Request& request, Next next);

  Loop& loop_;
  Runtime& runtime_;
  const base::Clock& clock_;
  const std::string socket_;
  std::unique_ptr<Containerd> cri_;
  std::vector<Pod> pods_;
  size_t waiting_ = 0;  // for so many answers, before the next step
  bool asked_ = false;  // the machine is to go down
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace ichor
