#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/volume/linux_programs.h"

namespace ichor::sys {

using base::IsOk;
using std::chrono_literals::operator""s;

TEST_CASE("programs: one that succeeds, one that says why it does not", "[kernel]") {
  LinuxPrograms programs;
  CHECK_THAT(programs.Run({"/bin/true"}, 30s), IsOk());
  const absl::Status failed =
      programs.Run({"/bin/sh", "-c", "echo no disk $HOME >&2; exit 3"}, 30s);
  CHECK(failed == absl::InternalError("/bin/sh exited with 3: no disk"));
  CHECK(absl::IsInternal(programs.Run({"/nowhere/at/all"}, 30s)));
}

TEST_CASE("programs: one that hangs is killed, one that writes for ever keeps no memory",
          "[kernel]") {
  LinuxPrograms programs;
  CHECK(absl::IsDeadlineExceeded(programs.Run({"/bin/sleep", "1000"}, 1s)));
  const absl::Status loud =
      programs.Run({"/bin/sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; exit 1"}, 30s);
  CHECK(absl::IsInternal(loud));
  CHECK(loud.message().size() < 2000);
}

}  // namespace ichor::sys
