#include "lib/sys/terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/base/unique_fd.h"

namespace ichor::sys {

TEST_CASE("terminal: a device is not one, the far end of a pseudo-terminal is") {
  const base::UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  CHECK_FALSE(IsTerminal(null.get()));
  const base::UniqueFd pseudo(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(pseudo.get() >= 0);
  CHECK(IsTerminal(pseudo.get()));
}

TEST_CASE("terminal: what knows no size is 80 by 24") {
  const base::UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  CHECK(SizeOfTerminal(null.get()).columns == 80);
  CHECK(SizeOfTerminal(null.get()).rows == 24);
}

TEST_CASE("terminal: only a virtual console can be shown") {
  const base::UniqueFd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  CHECK_THAT(ShowTerminal(null.get()),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "not a virtual console"));
}

}  // namespace ichor::sys
