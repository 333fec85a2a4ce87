#include "lib/dashboard/board.h"

#include <algorithm>
#include <chrono>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "lib/dashboard/test_machine.h"
#include "machine/machine.pb.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::dashboard {
namespace {

using std::chrono::seconds;

struct Fixture {
  explicit Fixture(bool can_quit = true)
      : board(*machine.loop, machine.clock,
              {.nodes = {{.name = "a", .metadata = {}}, {.name = "b", .metadata = {}}},
               .can_quit = can_quit,
               .paper = [] { return Paper{.columns = 80, .rows = 24}; },
               .write = [this](const std::string& bytes) { drawn.push_back(bytes); }}) {
    common::Data line;
    line.set_bytes("kern: one\n");
    machine.Answer("Dmesg", line, true);
  }

  TestMachine machine;
  std::vector<std::string> drawn;
  Board board;
};

}  // namespace

TEST_CASE(
    "board: something is shown at once, changes once a second, and nothing while all is quiet") {
  Fixture f;
  f.machine.Turn();
  REQUIRE(f.drawn.size() == 1);
  CHECK(f.drawn.back().contains("[a | b]"));
  CHECK(f.board.needs_client());
  f.board.Use(f.machine.Connect());
  CHECK_FALSE(f.board.needs_client());
  f.machine.Turn();
  CHECK(f.drawn.size() == 1);
  f.machine.Advance(seconds(1));
  REQUIRE(f.drawn.size() == 2);
  CHECK(f.drawn.back().contains("kern: one"));
  f.machine.Advance(seconds(30));
  CHECK(f.drawn.size() == 2);
}

TEST_CASE("board: keys act at once") {
  Fixture f;
  f.machine.Turn();
  f.board.OnBytes("2");
  REQUIRE(f.drawn.size() == 2);
  CHECK(f.drawn.back().contains("COMMAND"));
  f.board.OnBytes("q");
  CHECK(f.board.over());
}

TEST_CASE("board: what is paused does not change, and a console cannot be quit") {
  Fixture f(false);
  f.machine.Turn();
  f.board.OnBytes("\x1aq\x03");
  CHECK_FALSE(f.board.over());
  CHECK(f.drawn.back().contains("PAUSED"));
  const size_t before = f.drawn.size();
  f.board.Use(f.machine.Connect());
  f.machine.Turn();
  f.machine.Advance(seconds(5));
  CHECK(f.drawn.size() == before);
}

TEST_CASE("board: on the console of a node in maintenance mode the form writes META") {
  Fixture f(false);
  runtime::MachineStatus::Spec status;
  status.set_stage(talos::resource::definitions::enums::MACHINE_STAGE_MAINTENANCE);
  f.machine.AddRow("MachineStatuses.runtime.talos.dev", "machine", status);
  runtime::PlatformMetadata::Spec platform;
  platform.set_platform("metal");
  f.machine.AddRow("PlatformMetadatas.talos.dev", "platformmetadata", platform);
  network::LinkStatus::Spec link;
  link.set_type(talos::resource::definitions::enums::LINK_ETHER);
  f.machine.AddRow("LinkStatuses.net.talos.dev", "enp0s3", link);
  f.machine.Answer("MetaWrite", machine::MetaWriteResponse(), false);
  f.board.Use(f.machine.Connect());
  f.machine.Turn();
  f.board.OnBytes("\x1bOSq1\t\t\t\tx\t\t\t\t\r");
  CHECK(f.drawn.back().contains("VLAN ID: \"x\" is no number"));
  CHECK_FALSE(std::ranges::contains(f.machine.calls, "MetaWrite"));
  f.board.OnBytes("\x1b[A\x1b[A\x1b[A\x1b[A\x7f\t\t\t\t\r");
  f.machine.Turn();
  f.machine.Advance(seconds(1));
  CHECK(std::ranges::contains(f.machine.calls, "MetaWrite"));
  CHECK(f.drawn.back().contains("saved; the network follows"));
  CHECK(f.drawn.back().contains("q1"));
}

TEST_CASE("board: a connection that broke is wanted again, and why is shown meanwhile") {
  Fixture f;
  f.board.Use(f.machine.Connect());
  f.machine.Turn();
  f.machine.Stop();
  f.machine.Turn();
  CHECK(f.board.needs_client());
  f.board.UseNone("nobody answers");
  f.machine.Advance(seconds(1));
  CHECK(f.drawn.back().contains("nobody answers"));
}

}  // namespace ichor::dashboard
