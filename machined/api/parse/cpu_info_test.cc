#include "machined/api/parse/cpu_info.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor::api::parse {

TEST_CASE("cpuinfo: x86 says all") {
  const machine::CPUsInfo cpus = CpusOf(
      "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 207\n"
      "model name\t: Intel(R) Xeon(R) Processor\ncpu MHz\t\t: 2299.998\nsiblings\t: 2\n"
      "flags\t\t: fpu vme de\nbugs\t\t:\naddress sizes\t: 48 bits physical, 57 bits virtual\n"
      "power management:\nnew thing\t: 7\n\n"
      "processor\t: 1\nbogomips\t: 4599.99\nclflush size\t: 64\n\n");
  REQUIRE(cpus.cpu_info_size() == 2);
  CHECK(cpus.cpu_info(0).vendor_id() == "GenuineIntel");
  CHECK(cpus.cpu_info(0).model_name() == "Intel(R) Xeon(R) Processor");
  CHECK(cpus.cpu_info(0).cpu_mhz() == 2299.998);
  CHECK(cpus.cpu_info(0).siblings() == 2);
  CHECK(cpus.cpu_info(0).flags_size() == 3);
  CHECK(cpus.cpu_info(0).bugs().empty());
  CHECK(cpus.cpu_info(1).processor() == 1);
  CHECK(cpus.cpu_info(1).bogo_mips() == 4599.99);
  CHECK(cpus.cpu_info(1).cl_flush_size() == 64);
}

TEST_CASE("cpuinfo: arm64 has words of its own, and what is no processor is left out") {
  const machine::CPUsInfo cpus = CpusOf(
      "vendor_id\t: early\nprocessor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd\n"
      "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: 0xd0b\n"
      "CPU revision\t: 1\n\nHardware\t: board\n");
  REQUIRE(cpus.cpu_info_size() == 1);
  CHECK(cpus.cpu_info(0).vendor_id() == "0x41");
  CHECK(cpus.cpu_info(0).model() == "0xd0b");
  CHECK(cpus.cpu_info(0).flags_size() == 2);
}

TEST_CASE("cpu list: ranges and single ones, within reason") {
  CHECK(CpuListOf("0-2,5\n") == std::vector<std::uint32_t>{0, 1, 2, 5});
  CHECK(CpuListOf("3") == std::vector<std::uint32_t>{3});
  CHECK(CpuListOf("").empty());
  CHECK(CpuListOf("x,2-1,-,7-").empty());
  CHECK(CpuListOf("0-18446744073709551615").size() == 4096);
}

}  // namespace ichor::api::parse
