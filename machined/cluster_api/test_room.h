// What a room is given in a test that talks to an API server: a runtime, and a server in memory.
#pragma once

#include <string>

#include "lib/kube/fake_api.h"
#include "lib/runtime/test_runtime.h"
#include "machined/cluster_api/task.h"

namespace ichor {

struct TestRoom {
  TestRoom();

  // For a room that is a member of the same fixture, behind this.
  ClusterTask::Parts Parts();

  // States that this service runs, and no other one.
  void SetService(const std::string& id, bool healthy);

  kube::FakeApi api;
  kube::Access asked;  // who was, last
  TestRuntime t;
};

}  // namespace ichor
