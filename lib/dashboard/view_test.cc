#include "lib/dashboard/view.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::dashboard {
namespace {

std::vector<Model> TwoNodes() {
  std::vector<Model> nodes(2);
  nodes[0].services["apid"] = {};
  nodes[0].services["udevd"] = {};
  return nodes;
}

}  // namespace

TEST_CASE("view: keys choose the page and the node, around the end") {
  const std::vector<Model> nodes = TwoNodes();
  CHECK(After({}, Key::kF2, nodes).page == Page::kMonitor);
  CHECK(After({.page = Page::kLogs}, Key::kF1, nodes).page == Page::kSummary);
  CHECK(After({}, Key::kLeft, nodes).node == 1);
  CHECK(After({.node = 1}, Key::kRight, nodes).node == 0);
  CHECK(After({}, Key::kF4, nodes).page == Page::kSummary);
}

TEST_CASE("view: keys choose the log, and stay at the ends of the list") {
  const std::vector<Model> nodes = TwoNodes();
  CHECK(LogsOf(nodes[0]) == std::vector<std::string>{"dmesg", "apid", "udevd"});
  CHECK(After({}, Key::kDown, nodes).log == "apid");
  CHECK(After({.log = "udevd"}, Key::kDown, nodes).log == "udevd");
  CHECK(After({}, Key::kUp, nodes).log == "dmesg");
  CHECK(After({.log = "gone"}, Key::kUp, nodes).log == "dmesg");
}

TEST_CASE("view: a console cannot be quit, a workstation can; both can pause") {
  const std::vector<Model> nodes = TwoNodes();
  CHECK(After({}, Key::kQuit, nodes).over);
  CHECK_FALSE(After({.on_console = true}, Key::kQuit, nodes).over);
  CHECK(After({.on_console = true}, Key::kPause, nodes).paused);
  CHECK_FALSE(After({.paused = true}, Key::kPause, nodes).paused);
}

TEST_CASE("view: the network's page is there on the console of a node in maintenance mode") {
  std::vector<Model> nodes(1);
  nodes[0].status["machine"].set_stage(
      talos::resource::definitions::enums::MACHINE_STAGE_MAINTENANCE);
  nodes[0].platforms["platformmetadata"].set_platform("metal");
  CHECK(After({.on_console = true}, Key::kF4, nodes).page == Page::kNetwork);
  CHECK(After({}, Key::kF4, nodes).page == Page::kSummary);
  nodes[0].platforms.clear();
  CHECK(After({.on_console = true}, Key::kF4, nodes).page == Page::kSummary);
}

TEST_CASE("log: pieces become lines, and old lines go") {
  LogLines log;
  log.Add("a\nb");
  log.Add("c\nd");
  CHECK(log.lines == std::deque<std::string>{"a", "bc"});
  for (size_t i = 0; i < LogLines::kLines; ++i) {
    log.Add("x\n");
  }
  CHECK(log.lines.size() == LogLines::kLines);
  CHECK(log.lines.front() == "dx");
}

}  // namespace ichor::dashboard
