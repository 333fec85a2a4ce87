#include "machined/containers/memory_runtime.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/matchers/catch_matchers_string.hpp"
#include "lib/base/status_matchers.h"
#include "lib/rpc/server.h"
#include "lib/runtime/test_rows.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/volume/fake_mounts.h"

namespace ichor {
namespace {

using Catch::Matchers::ContainsSubstring;

// A node whose containerd is started by nobody but the test.
struct NodeWithMemory {
  ~NodeWithMemory() {
    server.reset();
    std::filesystem::remove_all(directory);
  }

  void StartContainerd() {
    auto made = rpc::Server::Create(*t.loop, {.path = directory + "/socket"});
    REQUIRE_THAT(made, base::IsOk());
    server = *std::move(made);
  }

  void BringUp() {
    memory.BringUp([this](absl::Status up) {
      ++done;
      status = std::move(up);
    });
  }

  // The ids of what is defined.
  std::string Defined(std::vector<GivenRow<boot::PowerRequest>> power = {}) {
    auto defined =
        memory.Define(AllOf<boot::PowerRequest>(std::move(power)), AllOf<runtime::Environment>({}));
    REQUIRE_THAT(defined.status(), base::IsOk());
    return Ids(Stated(*std::move(defined)));
  }

  static std::string NewDirectory() {
    std::string path = "/tmp/memory-runtime-XXXXXX";
    REQUIRE(mkdtemp(path.data()) != nullptr);
    return path;
  }

  const std::string directory = NewDirectory();
  TestRuntime t;
  sys::FakeMounts mounts;
  std::unique_ptr<rpc::Server> server;
  int needed = 0;
  int done = 0;
  absl::Status status;
  MemoryRuntime memory{{.loop = *t.loop,
                        .clock = t.clock,
                        .mounts = mounts,
                        .on_needed = [this] { ++needed; },
                        .directory = directory + "/var/lib/containerd",
                        .socket = directory + "/socket"}};
};

TEST_CASE("memory runtime: the first who needs it has it started, and waits until it answers") {
  NodeWithMemory n;
  CHECK(n.Defined().empty());
  n.BringUp();
  CHECK(n.needed == 1);
  CHECK(n.mounts.memory.contains(n.directory + "/var/lib/containerd"));
  CHECK(n.Defined() == "containerd");
  n.t.Advance(std::chrono::seconds(1));
  CHECK(n.done == 0);
  n.StartContainerd();
  n.t.Advance(std::chrono::seconds(1));
  CHECK(n.done == 1);
  n.BringUp();
  CHECK(n.done == 2);
  CHECK(n.needed == 1);
}

TEST_CASE("memory runtime: nobody waits for ever for one that does not come up") {
  NodeWithMemory n;
  n.BringUp();
  n.t.Advance(std::chrono::seconds(29));
  CHECK(n.done == 0);
  n.t.Advance(std::chrono::seconds(2));
  CHECK(n.done == 1);
}

TEST_CASE("memory runtime: without memory for its data there is an error, until there is some") {
  NodeWithMemory n;
  std::ofstream(n.directory + "/var").put('x');
  n.BringUp();
  CHECK(n.done == 1);
  CHECK_THAT(std::string(n.status.message()), ContainsSubstring(n.directory + "/var"));
  CHECK(n.Defined().empty());
  std::filesystem::remove(n.directory + "/var");
  n.BringUp();
  CHECK(n.Defined() == "containerd");
}

TEST_CASE("memory runtime: a machined that was started again needs what was needed before") {
  NodeWithMemory n;
  n.BringUp();
  const MemoryRuntime next({.loop = *n.t.loop,
                            .clock = n.t.clock,
                            .mounts = n.mounts,
                            .on_needed = [] {},
                            .directory = n.directory + "/var/lib/containerd"});
  auto defined = next.Define(AllOf<boot::PowerRequest>({}), AllOf<runtime::Environment>({}));
  REQUIRE_THAT(defined.status(), base::IsOk());
  const std::string ids = Ids(Stated(*std::move(defined)));
  CHECK(ids == "containerd");
}

TEST_CASE("memory runtime: it ends when the machine goes down") {
  NodeWithMemory n;
  n.BringUp();
  CHECK(n.Defined() == "containerd");
  CHECK(n.Defined({{"power", ""}}).empty());
}

}  // namespace
}  // namespace ichor
