#include "machined/init/cgroup_values.h"

#include <set>
#include <string>

#include "catch2/catch_test_macros.hpp"

namespace ichor::init {

TEST_CASE("init cgroups: a request becomes a weight, bounded by the machine") {
  CHECK(CpuWeight(1000, 4) == 39);
  CHECK(CpuWeight(2000, 4) == 79);
  CHECK(CpuWeight(2000, 1) == 39);
  CHECK(CpuWeight(0, 4) == 1);
  CHECK(CpuWeight(UINT32_MAX, 1U << 20U) == 10000);
}

TEST_CASE("init cgroups: a parent comes before its children") {
  std::set<std::string> seen;
  for (const CgroupValues& values : StartCgroups()) {
    const std::string path = values.path;
    const auto slash = path.rfind('/');
    CAPTURE(path);
    CHECK((slash == std::string::npos || seen.contains(path.substr(0, slash))));
    CHECK(seen.insert(path).second);
  }
}

}  // namespace ichor::init
