#include "lib/dashboard/screens.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "absl/strings/str_join.h"
#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/dashboard/test_model.h"

namespace ichor::dashboard {
namespace {

constexpr base::WallTime kNow{std::chrono::hours(4)};

std::string TextOf(const std::vector<Model>& nodes, const View& view, const Paper& paper) {
  return absl::StrJoin(Lines(nodes, view, paper, kNow), "\n");
}

// A letter may have several bytes.
std::ptrdiff_t Letters(std::string_view line) {
  return std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

}  // namespace

TEST_CASE("screens: the summary of a node, on the smallest terminal") {
  const std::vector<Model> nodes = {BusyNode()};
  const auto lines = Lines(nodes, {}, {.columns = 80, .rows = 25}, kNow);
  REQUIRE(lines.size() == 25);
  CHECK(lines[0] ==
        " n1.home  Ichor v1.14.0-ichor.0.1.0  up 3h0m  1 x 2.5 GHz  2.0 GiB RAM  CPU 25% ");
  CHECK(lines[1].starts_with("-- Node -----"));
  CHECK(lines[2].starts_with(" UUID        1-2-3"));
  CHECK(lines[2].contains(" HOST          n1.home"));
  CHECK(lines[5].starts_with(" STAGE       running"));
  const std::string page = absl::StrJoin(lines, "\n");
  CHECK(page.contains(" kubelet not healthy"));
  CHECK(page.contains(" time: time is not synced"));
  CHECK(page.contains(" a disk is slow"));
  CHECK(page.contains("first line"));
  CHECK(page.contains("last  line"));
  CHECK(lines.back().starts_with("[n1.home] --- [*F1: Summary] --- [F2: Monitor] --- [F3: Logs]"));
}

TEST_CASE("screens: every page fits its terminal, and without colours is text alone") {
  std::vector<Model> nodes = {BusyNode(), Model()};
  nodes[1].name = "10.0.0.3";
  const View view{.page = GENERATE(Page::kSummary, Page::kMonitor, Page::kLogs),
                  .node = GENERATE(size_t{0}, size_t{1})};
  const Paper paper = GENERATE(Paper{.columns = 80, .rows = 24}, Paper{.columns = 80, .rows = 25},
                               Paper{.columns = 132, .rows = 50}, Paper{.columns = 1, .rows = 1});
  const auto lines = Lines(nodes, view, paper, kNow);
  CHECK(lines.size() == static_cast<size_t>(paper.rows));
  for (const std::string& line : lines) {
    CHECK(Letters(line) == paper.columns);
    CHECK_FALSE(line.contains('\x1b'));
  }
}

TEST_CASE("screens: the network's form stands beside what it says, or what is wrong") {
  namespace enums = talos::resource::definitions::enums;
  std::vector<Model> nodes(1);
  nodes[0].status["machine"].set_stage(enums::MACHINE_STAGE_MAINTENANCE);
  nodes[0].platforms["platformmetadata"].set_platform("metal");
  nodes[0].links["enp0s3"].set_type(enums::LINK_ETHER);
  View view{.page = Page::kNetwork, .on_console = true};
  view.form.texts[NetworkForm::kHostname] = "n1";
  std::string page = TextOf(nodes, view, {.columns = 132, .rows = 50});
  CHECK(page.contains("> Hostname      n1_"));
  CHECK(page.contains("  Interface     < enp0s3 >"));
  CHECK(page.contains("  Mode          < DHCP >"));
  CHECK(page.contains("  - operator: dhcp4"));
  CHECK(page.contains("[*F4: Network]"));
  view.form.texts[NetworkForm::kVlan] = "x";
  page = TextOf(nodes, view, {.columns = 132, .rows = 50});
  CHECK(page.contains("VLAN ID: \"x\" is no number from 1 to 4094"));
  CHECK_FALSE(TextOf(nodes, {}, {.columns = 132, .rows = 50}).contains("F4"));
}

TEST_CASE("screens: the monitor has gauges, graphs and the busiest processes") {
  const std::vector<Model> nodes = {BusyNode()};
  const std::string page = TextOf(nodes, {.page = Page::kMonitor}, {.columns = 132, .rows = 50});
  for (const char* const part : {"CPU", "25%", "50% of 2.0 GiB", "NET RX", "DISK WRITE",
                                 "LOAD AVG 60sec", "COMMAND", "/usr/bin/apid --flag"}) {
    INFO(part);
    CHECK(page.contains(part));
  }
}

TEST_CASE("screens: logs are chosen from a list") {
  const std::vector<Model> nodes = {BusyNode()};
  const std::string page =
      TextOf(nodes, {.page = Page::kLogs, .log = "apid"}, {.columns = 80, .rows = 25});
  CHECK(page.contains("> apid"));
  CHECK(page.contains("  dmesg"));
  CHECK(page.contains("apid says something"));
  CHECK_FALSE(page.contains("first line"));
}

TEST_CASE("screens: the end of a log that is too long is shown") {
  std::vector<Model> nodes = {BusyNode()};
  for (int i = 0; i < 100; ++i) {
    nodes[0].logs["dmesg"].Add("line " + std::to_string(i) + "\n");
  }
  const std::string page = TextOf(nodes, {}, {.columns = 80, .rows = 25});
  CHECK(page.contains("line 99"));
  CHECK_FALSE(page.contains("line 0 "));
}

TEST_CASE("screens: colours are for those who have some, and the node in front is told") {
  std::vector<Model> nodes = {BusyNode(), Model()};
  nodes[1].name = "n2";
  const std::string page =
      TextOf(nodes, {.paused = true}, {.columns = 100, .rows = 30, .colours = true});
  CHECK(page.contains("\x1b["));
  CHECK(page.contains("PAUSED"));
  CHECK(page.contains(" | n2]"));
}

TEST_CASE("screens: drawing goes over the old lines and clears what is left of them") {
  CHECK(DrawingOf({"a", "b"}) == "\x1b[?25l\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J");
}

}  // namespace ichor::dashboard
