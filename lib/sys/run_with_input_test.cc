#include "lib/sys/run_with_input.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/file.h"

namespace ichor::sys {
namespace {

struct Directory {
  Directory() { REQUIRE(mkdtemp(name.data()) != nullptr); }
  ~Directory() { std::filesystem::remove_all(name); }
  std::string Script(const std::string& text) const {
    std::string path = name + "/program";
    REQUIRE_THAT(WriteFileAtomically(path, "#!/bin/sh\n" + text, 0755), base::IsOk());
    return path;
  }
  std::string name = "/tmp/ichor-run-XXXXXX";
};

}  // namespace

TEST_CASE("run with input: a program has its input and our environment, and says how it ended") {
  const Directory directory;
  const std::string input(1 << 20, 'x');
  setenv("ICHOR_RUN_TEST", directory.name.c_str(), 1);
  CHECK(RunWithInput(directory.Script("cat > $ICHOR_RUN_TEST/seen; exit 3"), input).value() == 3);
  CHECK(ReadFile(directory.name + "/seen", 2 << 20).value() == input);
  CHECK(RunWithInput(directory.Script("kill -9 $$"), "").value() == 137);
}

TEST_CASE("run with input: no program") {
  CHECK_THAT(RunWithInput("/nonexistent/program", ""),
             base::StatusIs(absl::StatusCode::kNotFound,
                            "/nonexistent/program: No such file or directory"));
}

}  // namespace ichor::sys
