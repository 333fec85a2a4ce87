#include "lib/http/answer.h"

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::http {
namespace {

using base::IsOk;
using base::StatusIs;

TEST_CASE("answer: what is there is no error") {
  CHECK_THAT(StatusOfAnswer(GENERATE(200, 204, 299), "GET x"), IsOk());
}

TEST_CASE("answer: an error says the status by number and name") {
  struct Case {
    long status;
    absl::StatusCode code;
    const char* message;
  };
  const Case c =
      GENERATE(Case{302, absl::StatusCode::kFailedPrecondition, "GET x: 302 Found"},
               Case{401, absl::StatusCode::kUnauthenticated, "GET x: 401 Unauthorized"},
               Case{403, absl::StatusCode::kPermissionDenied, "GET x: 403 Forbidden"},
               Case{404, absl::StatusCode::kNotFound, "GET x: 404 Not Found"},
               Case{418, absl::StatusCode::kFailedPrecondition, "GET x: 418"},
               Case{429, absl::StatusCode::kUnavailable, "GET x: 429 Too Many Requests"},
               Case{503, absl::StatusCode::kUnavailable, "GET x: 503 Service Unavailable"},
               Case{599, absl::StatusCode::kUnavailable, "GET x: 599"});
  CHECK_THAT(StatusOfAnswer(c.status, "GET x"), StatusIs(c.code, c.message));
}

}  // namespace
}  // namespace ichor::http
