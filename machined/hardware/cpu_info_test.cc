#include "machined/hardware/cpu_info.h"

#include <cstdint>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor {

TEST_CASE("cpu info: logical processors of one core are one row") {
  const auto cores = ParseCpuInfo(
      "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 207\n"
      "model name\t: Intel(R) Xeon(R) Processor\nstepping\t: 2\nmicrocode\t: 0x1\n"
      "cache size\t: 266240 KB\nphysical id\t: 0\nsiblings\t: 2\ncore id\t\t: 3\ncpu cores\t: 1\n"
      "flags\t\t: fpu  vme\nbugs\t\t: its\nbogomips\t: 4599.99\n"
      "address sizes\t: 48 bits physical, 57 bits virtual\npower management:\n\n"
      "processor\t: 1\nphysical id\t: 0\ncore id\t\t: 3\n\n"
      "processor\t: 2\nphysical id\t: 1\ncore id\t\t: 3\n\n");
  REQUIRE(cores.size() == 2);
  const CpuCore& core = cores[0];
  CHECK(core.id == "0-3");
  CHECK(core.logical_cpus == std::vector<std::uint32_t>{0, 1});
  CHECK(core.vendor == "GenuineIntel");
  CHECK(core.family == "6");
  CHECK(core.model == "207");
  CHECK(core.model_name == "Intel(R) Xeon(R) Processor");
  CHECK(core.cores_per_socket == 1);
  CHECK(core.threads_per_socket == 2);
  CHECK(core.flags == std::vector<std::string>{"fpu", "vme"});
  CHECK(core.bugs == std::vector<std::string>{"its"});
  CHECK(core.bogo_mips == 4599.99);
  CHECK(core.address_sizes == "48 bits physical, 57 bits virtual");
  CHECK(cores[1].id == "1-3");
}

TEST_CASE("cpu info: arm's processors have no cores, and a trailer is none") {
  const auto cores = ParseCpuInfo(
      "processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n"
      "CPU architecture: 8\nCPU part\t: 0xd08\nCPU revision\t: 3\n\n"
      "processor\t: 1\n\nRevision\t: d03115\nModel\t\t: Raspberry Pi 4\n");
  REQUIRE(cores.size() == 2);
  CHECK(cores[0].id == "0");
  CHECK(cores[0].vendor == "0x41");
  CHECK(cores[0].model == "0xd08");
  CHECK(cores[0].flags == std::vector<std::string>{"fp", "asimd"});
  CHECK(cores[0].bogo_mips == 108);
  CHECK(cores[1].id == "1");
}

TEST_CASE("cpu info: text without processors has no cores") {
  CHECK(ParseCpuInfo("").empty());
  CHECK(ParseCpuInfo("\n\n:\nprocessor : x\n").empty());
}

}  // namespace ichor
