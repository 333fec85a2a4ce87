#include "ichorctl/cgroups/cgroup_table.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "catch2/generators/catch_generators_range.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {
namespace {

const Cgroups kCgroups{
    .groups = {{"", {}},
               {"system", {{"memory.current", "1048576\n"}, {"memory.max", "max\n"}}},
               {"system-x", {}},
               {"system/apid",
                {{"memory.current", "512\n"},
                 {"cgroup.procs", "7\n8\n"},
                 {"cpu.stat", "usage_usec 5\nuser_usec 1500000\nnr_throttled 3\n"},
                 {"cpu.max", "50000 100000\n"},
                 {"io.stat", "8:0 rbytes=2048 wbytes=0 rios=4 wios=1\n9:9 rbytes=1\n"},
                 {"cpu.pressure", "some avg10=0.10 avg60=0.20 avg300=0.30 total=4\n"}}}},
    .disks = {{"8:0", "sda"}},
    .processes = {{"7", "apid"}}};

std::vector<std::string> RowOf(std::string_view preset, size_t row) {
  return CgroupTable(kCgroups, preset)->rows.at(row);
}

}  // namespace

TEST_CASE("cgroups: a tree with what each group takes, and its processes") {
  CHECK(ToText(*CgroupTable(kCgroups, "memory")) ==
        "NAME             MEMCURRENT   MEMPEAK   MEMMIN   MEMLOW   MEMHIGH   MEMMAX\n"
        ".                -            -         -        -        -         -\n"
        "  system         1.0 MiB      -         -        -        -         max\n"
        "    apid         512 B        -         -        -        -         -\n"
        "      apid (7)\n"
        "  system-x       -            -         -        -        -         -\n");
}

TEST_CASE("cgroups: values are found in the kernel's several forms") {
  CHECK(RowOf("cpu", 2) ==
        std::vector<std::string>{"    apid", "-", "-", "50000 100000", "1.50s", "-", "-", "3"});
  CHECK(RowOf("io", 2) == std::vector<std::string>{"    apid", "sda: 2.0 KiB, 9:9: 1 B",
                                                   "sda: 0 B, 9:9: -", "sda: 4, 9:9: -",
                                                   "sda: 1, 9:9: -"});
  CHECK(RowOf("psi", 2).at(1) == "0.10 0.20 0.30");
  CHECK(RowOf("psi", 2).at(2) == "-");
}

TEST_CASE("cgroups: every preset has its columns, others do not exist") {
  const std::string preset = GENERATE(from_range(CgroupPresets()));
  CHECK(CgroupTable(kCgroups, preset)->columns.size() > 3);
  CHECK(IsCgroupFile("memory.swap.max"));
  CHECK(IsCgroupFile("cgroup.procs"));
  CHECK_FALSE(IsCgroupFile("cgroup.kill"));
  CHECK(absl::IsInvalidArgument(CgroupTable(kCgroups, "x").status()));
}

}  // namespace ichor::ctl
