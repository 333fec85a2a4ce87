#include "machined/cluster_api/test_room.h"

#include <memory>
#include <utility>

#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {

TestRoom::TestRoom() {
  t.runtime.AddSource<v1alpha1::Service>("test");
}

ClusterTask::Parts TestRoom::Parts() {
  return {.loop = *t.loop,
          .clock = t.clock,
          .worker = t.executor,
          .new_api = [this](const kube::Access& access) {
            asked = access;
            return std::make_unique<kube::FakeConnection>(api);
          }};
}

void TestRoom::SetService(const std::string& id, bool healthy) {
  v1alpha1::Service::Spec spec;
  spec.set_running(true);
  spec.set_healthy(healthy);
  t.runtime.Publish<v1alpha1::Service>("test", {{id, std::move(spec)}});
  t.Advance(std::chrono::seconds(1));
}

}  // namespace ichor
