#include "machined/crashes/pstore_text.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor {
namespace {

const std::string kNamed =
    "<3>[   81.2] ichor: init: crash record 2 at 1732204800123456789: apid, process 175, status "
    "139: why: it did\n";

}  // namespace

TEST_CASE("pstore: parts of one end are put together, oldest first") {
  const auto ends = JoinParts({{"dmesg-erst-9", 100, "Panic#1 Part1\n<6>[ 3.0] last\n"},
                               {"dmesg-erst-8", 101, "Panic#1 Part2\n<6>[ 2.0] middle\nopen\n"},
                               {"console-ramoops-0", 100, "whatever"},
                               {"dmesg-erst-3", 20, "Oops#1 Part1\n[ 1.0] other\n"}});
  REQUIRE(ends.size() == 2);
  CHECK(ends[0].reason == "Oops");
  CHECK(ends[0].log == "[ 1.0] other\n");
  CHECK(ends[1].reason == "Panic");
  CHECK(ends[1].seconds == 100);
  CHECK(ends[1].log == "[ 2.0] middle\nopen\n[ 3.0] last\n");
  CHECK(ends[1].files == std::vector<std::string>{"dmesg-erst-9", "dmesg-erst-8"});
}

TEST_CASE("pstore: ends of the same name are two if they lie apart, or have the same part") {
  CHECK(JoinParts({{"a", 100, "Panic#1 Part1\nx"}, {"b", 500, "Panic#1 Part2\nx"}}).size() == 2);
  CHECK(JoinParts({{"a", 100, "Panic#1 Part1\nx"}, {"b", 101, "Panic#1 Part1\nx"}}).size() == 2);
}

TEST_CASE("pstore: a panic is a crash of the kernel, with the end of its log") {
  const auto crashes =
      CrashesOf({.reason = "Panic", .seconds = 7, .log = std::string(20'000, 'x')});
  REQUIRE(crashes.size() == 1);
  CHECK(crashes[0].process() == "kernel");
  CHECK(crashes[0].ended() == "Panic");
  CHECK(crashes[0].time().seconds() == 7);
  CHECK(crashes[0].log().size() == 16'384);
}

TEST_CASE("pstore: an orderly end has the crashes that init named") {
  const auto crashes = CrashesOf({.reason = "Shutdown", .seconds = 7, .log = "noise\n" + kNamed});
  REQUIRE(crashes.size() == 1);
  CHECK(crashes[0].process() == "apid");
  CHECK(crashes[0].pid() == 175);
  CHECK(crashes[0].ended() == "killed by signal 11 (Segmentation fault)");
  CHECK(crashes[0].log() == "why: it did");
  CHECK(crashes[0].time().seconds() == 1'732'204'800);
  CHECK(crashes[0].time().nanos() == 123'456'789);
}

TEST_CASE("pstore: last words that are cut off are none") {
  for (std::size_t size = 0; size < kNamed.find("139"); ++size) {
    CHECK(CrashesOf({.reason = "Shutdown", .log = kNamed.substr(0, size)}).empty());
  }
}

}  // namespace ichor
