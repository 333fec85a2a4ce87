#include "lib/sys/error.h"

#include <cerrno>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::sys {

TEST_CASE("error: the message names what failed and why, in words") {
  using base::StatusIs;
  CHECK_THAT(ErrnoError(ENOENT, "open /x"),
             StatusIs(absl::StatusCode::kNotFound, "open /x: No such file or directory"));
  CHECK_THAT(ErrnoError(EACCES, "open /x"),
             StatusIs(absl::StatusCode::kPermissionDenied, "open /x: Permission denied"));
  CHECK_THAT(ErrnoError(99999, "open /x"),
             StatusIs(absl::StatusCode::kUnknown, "open /x: errno 99999"));
}

}  // namespace ichor::sys
