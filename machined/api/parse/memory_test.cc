#include "machined/api/parse/memory.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::api::parse {

using base::StatusIs;

TEST_CASE("meminfo: each known line is its field, in KiB") {
  const machine::MemInfo memory = MemoryOf(
      "MemTotal:       24684096 kB\n"
      "MemAvailable:   23541024 kB\n"
      "Active(anon):       1668 kB\n"
      "KReclaimable:     642108 kB\n"
      "NFS_Unstable:          3 kB\n"
      "Committed_AS:     639088 kB\n"
      "HugePages_Total:       7\n"
      "Hugepagesize:       2048 kB\n"
      "DirectMap1G:    25165824 kB\n");
  CHECK(memory.memtotal() == 24'684'096);
  CHECK(memory.memavailable() == 23'541'024);
  CHECK(memory.activeanon() == 1668);
  CHECK(memory.nfsunstable() == 3);
  CHECK(memory.committedas() == 639'088);
  CHECK(memory.hugepagestotal() == 7);
  CHECK(memory.hugepagesize() == 2048);
  CHECK(memory.directmap1g() == 25'165'824);
}

TEST_CASE("meminfo: odd lines are left out") {
  CHECK(MemoryOf("MemTotal: x kB\nMemFree:\nmetadata: 1\n:\n\nCached 5\n").ByteSizeLong() == 0);
}

TEST_CASE("loadavg: three numbers, or an error") {
  CHECK(LoadOf("3.08 1.47 1.70 6/128 6643\n")->load15() == 1.70);
  const std::string text = GENERATE(as<std::string>(), "", "1 2", "1 2 x", "\n1 2 3");
  CHECK_THAT(LoadOf(text),
             StatusIs(absl::StatusCode::kInvalidArgument, "/proc/loadavg: expected three numbers"));
}

}  // namespace ichor::api::parse
