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
  CHECK(After({}, Key::kF2, nodes, true).page == Page::kMonitor);
  CHECK(After({.page = Page::kLogs}, Key::kF1, nodes, true).page == Page::kSummary);
  CHECK(After({}, Key::kLeft, nodes, true).node == 1);
  CHECK(After({.node = 1}, Key::kRight, nodes, true).node == 0);
  CHECK(After({}, Key::kF4, nodes, true).page == Page::kSummary);
}

TEST_CASE("view: keys choose the log, and stay at the ends of the list") {
  const std::vector<Model> nodes = TwoNodes();
  CHECK(LogsOf(nodes[0]) == std::vector<std::string>{"dmesg", "apid", "udevd"});
  CHECK(After({}, Key::kDown, nodes, true).log == "apid");
  CHECK(After({.log = "udevd"}, Key::kDown, nodes, true).log == "udevd");
  CHECK(After({}, Key::kUp, nodes, true).log == "dmesg");
  CHECK(After({.log = "gone"}, Key::kUp, nodes, true).log == "dmesg");
}

TEST_CASE("view: a console cannot be quit, a workstation can; both can pause") {
  const std::vector<Model> nodes = TwoNodes();
  CHECK(After({}, Key::kQuit, nodes, true).over);
  CHECK_FALSE(After({}, Key::kQuit, nodes, false).over);
  CHECK(After({}, Key::kPause, nodes, false).paused);
  CHECK_FALSE(After({.paused = true}, Key::kPause, nodes, false).paused);
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
