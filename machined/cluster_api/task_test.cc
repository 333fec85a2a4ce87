#include "machined/cluster_api/task.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/captured_stderr.h"
#include "lib/kube/fake_api.h"
#include "lib/runtime/test_runtime.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""s;

struct Fixture {
  ClusterTask::Work Count() {
    return [this](kube::Api&) {
      ++runs;
      return answer;
    };
  }

  TestRuntime t;
  int connections = 0;
  int runs = 0;
  absl::Status answer;
  ClusterTask task{{.loop = *t.loop,
                    .clock = t.clock,
                    .worker = t.executor,
                    .new_api =
                        [this](const kube::Access&) {
                          ++connections;
                          return std::make_unique<kube::FakeApi>();
                        }},
                   "test",
                   60s};
};

ClusterTask::FindAccess At(const std::string& server) {
  return [server] { return kube::Access{.server = server}; };
}

}  // namespace

TEST_CASE("cluster task: what fails is tried again, ever later, and what succeeds much later") {
  Fixture f;
  f.answer = absl::UnavailableError("connection refused");
  f.task.Set(At("a"), f.Count());
  f.t.Settle();
  CHECK(f.runs == 1);
  f.t.Advance(1s);
  CHECK(f.runs == 2);
  f.t.Advance(1s);
  CHECK(f.runs == 2);
  f.t.Advance(1s);
  CHECK(f.runs == 3);
  f.t.Advance(100s);
  const int before = f.runs;
  f.t.Advance(5s);
  CHECK(f.runs == before + 1);
  f.answer = absl::OkStatus();
  f.t.Advance(5s);
  CHECK(f.runs == before + 2);
  f.t.Advance(54s);
  CHECK(f.runs == before + 2);
  f.t.Advance(6s);
  CHECK(f.runs == before + 3);
  f.task.SetPeriod(5s);
  f.t.Advance(60s);
  const int with_new_period = f.runs;
  f.t.Advance(5s);
  CHECK(f.runs == with_new_period + 1);
  CHECK(f.connections == 1);
}

TEST_CASE("cluster task: why it fails is told once, when it has done so for long") {
  Fixture f;
  f.answer = absl::UnavailableError("connection refused");
  f.task.Set(At("a"), f.Count());
  CHECK(base::CaptureStderr([&] { f.t.Advance(80s); }).empty());
  CHECK(base::CaptureStderr([&] { f.t.Advance(80s); }) == "warning: test: connection refused\n");
}

TEST_CASE("cluster task: a new wish runs at once, after what is under way") {
  Fixture f;
  f.task.Set(At("a"), f.Count());
  f.task.Set(At("b"), f.Count());
  f.t.Settle();
  CHECK(f.runs == 2);
  CHECK(f.connections == 2);
  f.task.Clear();
  f.t.Advance(120s);
  CHECK(f.runs == 2);
  f.task.Set([] { return absl::NotFoundError("no kubeconfig"); }, f.Count());
  f.t.Advance(5s);
  CHECK(f.runs == 2);
}

}  // namespace ichor
