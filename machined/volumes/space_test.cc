#include "machined/volumes/space.h"

#include <chrono>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichor/boot.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_file_view.h"
#include "machined/volumes/space_watch.h"
#include "talos/resource/definitions/block/block.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""ms;

constexpr std::uint64_t kGb = 1'000'000'000;

struct Node {
  Node() {
    t.runtime.AddSource<block::MountStatus>("test");
    t.runtime.AddSource<boot::PowerRequest>("test");
    files.AddDirectory("/var");
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  }

  void Mount(bool mounted) {
    Desired<block::MountStatus> rows;
    if (mounted) {
      rows.Add("EPHEMERAL", Text("target: '/var'"));
    }
    t.runtime.Publish<block::MountStatus>("test", std::move(rows));
    Advance();
  }
  void Use(std::uint64_t size, std::uint64_t available) {
    files.use = {.size_bytes = size, .free_bytes = available, .available_bytes = available};
    Advance();
  }
  void Advance() {
    t.Advance(SpaceWatch::kInterval);
    t.Advance(20ms);
  }
  // What is said of EPHEMERAL; empty: nothing.
  std::string Said() {
    const auto rows = t.runtime.Read<runtime::Diagnostic>();
    const auto row = rows.find("ephemeral-full");
    return row == rows.end() ? "" : row->spec().message() + ": " + row->spec().details(0);
  }

  TestRuntime t;
  sys::FakeFileView files;
  SpaceWatch watch{{.runtime = t.runtime,
                    .loop = *t.loop,
                    .clock = t.clock,
                    .worker = t.executor,
                    .files = files}};
};

TEST_CASE("space: a volume that fills up is named, and no more once there is room") {
  Node node;
  node.Use(2 * kGb, kGb);
  node.Mount(true);
  CHECK(node.Said().empty());
  node.Use(2 * kGb, 99'000'000);
  CHECK(node.Said() == "EPHEMERAL is nearly full: less than 100 MB are left of the 2.0 GB of /var");
  node.Use(2 * kGb, 4096);
  CHECK(node.Said() ==
        "EPHEMERAL is full: what is written there is lost: nothing is left of the 2.0 GB of /var");
  node.Use(2 * kGb, kGb);
  CHECK(node.Said().empty());
}

TEST_CASE("space: a volume that is not mounted is not looked at") {
  Node node;
  node.Use(2 * kGb, 0);
  CHECK(node.Said().empty());
  node.Mount(true);
  CHECK_FALSE(node.Said().empty());
  node.Mount(false);
  CHECK(node.Said().empty());
}

TEST_CASE("space: a machine that goes down says nothing of what it unmounts") {
  Node node;
  node.Mount(true);
  node.Use(2 * kGb, 0);
  CHECK_FALSE(node.Said().empty());
  node.t.runtime.Publish<boot::PowerRequest>("test", {{"power", {}}});
  node.Advance();
  CHECK(node.Said().empty());
}

TEST_CASE("space: of a large volume a GB is enough") {
  CHECK(Stated(DiagnoseSpace({.size_bytes = 2000 * kGb, .available_bytes = kGb})).empty());
  CHECK(Stated(DiagnoseSpace({.size_bytes = 2000 * kGb, .available_bytes = kGb - 1})).size() == 1);
}

}  // namespace
}  // namespace ichor
