// The real values, on files.
#include "lib/sys/kernel_values.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_kernel_values.h"
#include "lib/sys/linux_kernel_values.h"

namespace ichor::sys {
namespace {

struct FakeTree {
  FakeTree() { values.values[path] = "60"; }
  std::string path = "/value";
  FakeKernelValues values;
};

struct LinuxTree {
  LinuxTree() {
    std::string name = "/tmp/kernel_values_test.XXXXXX";
    REQUIRE(mkdtemp(name.data()) != nullptr);
    directory = name;
    path = directory + "/value";
    std::ofstream(path) << "60\n";
  }
  ~LinuxTree() { std::filesystem::remove_all(directory); }
  LinuxTree(const LinuxTree&) = delete;
  LinuxTree& operator=(const LinuxTree&) = delete;
  std::string directory;
  std::string path;
  LinuxKernelValues values;
};

}  // namespace

TEMPLATE_TEST_CASE("kernel values: they are read without white space, and written", "", FakeTree,
                   LinuxTree) {
  TestType t;
  CHECK(*t.values.Read(t.path) == "60");
  CHECK_THAT(t.values.Write(t.path, "10"), base::IsOk());
  CHECK(t.values.Read(t.path)->starts_with("10"));
  const std::string none = t.path + "x";
  const std::string text = "open " + none + ": No such file or directory";
  CHECK_THAT(t.values.Read(none), base::StatusIs(absl::StatusCode::kNotFound, text));
  CHECK_THAT(t.values.Write(none, "1"), base::StatusIs(absl::StatusCode::kNotFound, text));
}

}  // namespace ichor::sys
