#include "dashboard/screen.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::dashboard {
namespace {

using Lines = std::vector<std::string>;

const Screen kScreen{.version = "0.1.0",
                     .hostname = "n1",
                     .stage = "booting",
                     .unmet = {"time: time is not synced"},
                     .addresses = {"10.0.2.15/24", "fe80::1/64"},
                     .services = {{"apid", "running"}, {"udevd", "not healthy"}},
                     .log = {"one", "two\x1b[31m", "three"}};

}  // namespace

TEST_CASE("screen: what is known on top, the end of the log below") {
  CHECK(Lay(kScreen, {.columns = 30, .rows = 9}) ==
        Lines{" Ichor 0.1.0    n1", "", " Stage      booting, not ready",
              "            time: time is not ", " Addresses  10.0.2.15/24, fe80",
              " Services   apid running, udev", "------------------------------", "two [31m",
              "three"});
}

TEST_CASE("screen: a small terminal shows the beginning, and nothing is known at first") {
  CHECK(Lay(kScreen, {.columns = 10, .rows = 1}) == Lines{" Ichor 0.1"});
  CHECK(Lay({}, {.columns = 30, .rows = 4}) ==
        Lines{" Ichor     ", "", " Stage      starting", " Addresses  none"});
}

TEST_CASE("screen: drawing goes over the old screen and clears what is left of it") {
  CHECK(Draw({"a", "b"}) == "\x1b[?25l\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J");
}

}  // namespace ichor::dashboard
