#include "machined/api/parse/process.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::api::parse {

using base::StatusIs;

TEST_CASE("process: figures come from stat and status") {
  const ProcessFiles files = {
      .stat =
          "6663 (cat) R 6622 6622 12642 0 -1 4194304 97 0 0 0 150 50 0 0 20 0 3 0 1354863 "
          "3133440 395 18446744073709551615 9 9 1 0 0\n",
      .status = "Name:\tcat\nVmSize:\t    3060 kB\nVmRSS:\t    1580 kB\n",
      .cmdline = std::string("/bin/cat\0a b\0", 13),
      .executable = "/bin/cat",
      .label = std::string("kernel\0", 7)};
  const machine::ProcessInfo process = *ProcessOf(files);
  CHECK(process.pid() == 6663);
  CHECK(process.ppid() == 6622);
  CHECK(process.state() == "R");
  CHECK(process.threads() == 3);
  CHECK(process.cpu_time() == 2.0);
  CHECK(process.virtual_memory() == 3'133'440);
  CHECK(process.resident_memory() == 1580 * 1024);
  CHECK(process.command() == "cat");
  CHECK(process.args() == "/bin/cat a b");
  CHECK(process.label() == "kernel");
}

TEST_CASE("process: a name may hold anything") {
  const machine::ProcessInfo process =
      *ProcessOf({.stat = "7 (a) R (\xff) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 2 3\n"});
  CHECK(process.command() == "a) R (?");
  CHECK(process.state() == "S");
  CHECK(process.resident_memory() == 0);
}

TEST_CASE("process: what is cut short is an error") {
  CHECK_THAT(ProcessOf({.stat = "7 (a) R 1 2\n"}),
             StatusIs(absl::StatusCode::kInvalidArgument, "/proc/[pid]/stat: too short"));
  CHECK_THAT(ProcessOf({.stat = ")("}),
             StatusIs(absl::StatusCode::kInvalidArgument, "/proc/[pid]/stat: no command"));
  CHECK_FALSE(ProcessOf({}).ok());
}

}  // namespace ichor::api::parse
