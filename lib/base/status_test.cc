#include "lib/base/status.h"

#include <memory>
#include <string>

#include "absl/strings/cord.h"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::base {
namespace {

absl::StatusOr<std::unique_ptr<int>> Half(int number) {
  if (number % 2 != 0) {
    return absl::InvalidArgumentError(std::to_string(number) + " is odd");
  }
  return std::make_unique<int>(number / 2);
}

absl::StatusOr<int> Quarter(int number) {
  ASSIGN_OR_RETURN(const std::unique_ptr<int> half, Half(number));
  ASSIGN_OR_RETURN(const std::unique_ptr<int> quarter, Half(*half));
  return *quarter;
}

absl::Status CheckQuarter(int number) {
  RETURN_IF_ERROR(Quarter(number).status());
  return absl::OkStatus();
}

}  // namespace

TEST_CASE("status: the macros pass values on and return the first error") {
  REQUIRE_THAT(Quarter(12), IsOk());
  CHECK(*Quarter(12) == 3);
  CHECK_THAT(Quarter(6), StatusIs(absl::StatusCode::kInvalidArgument, "3 is odd"));
  CHECK_THAT(CheckQuarter(5), StatusIs(absl::StatusCode::kInvalidArgument, "5 is odd"));
  CHECK_THAT(CheckQuarter(4), IsOk());
}

TEST_CASE("status: an annotation keeps code and payloads and leaves OK alone") {
  absl::Status error = absl::UnavailableError("EBUSY");
  error.SetPayload("type.example/detail", absl::Cord("detail"));
  const absl::Status annotated = Annotate(error, "mount /var");
  CHECK_THAT(annotated, StatusIs(absl::StatusCode::kUnavailable, "mount /var: EBUSY"));
  CHECK(annotated.GetPayload("type.example/detail") == absl::Cord("detail"));
  CHECK_THAT(Annotate(absl::OkStatus(), "mount /var"), IsOk());
}

}  // namespace ichor::base
