#include "lib/rpc/grpc_status.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"

namespace ichor::rpc {

using base::StatusIs;

TEST_CASE("grpc status: any message survives the trailers") {
  const std::string message =
      GENERATE(as<std::string>(), "", "plain", "100 %", "naïve\n\t\x7f", "%41", "%", "%4");
  CHECK(DecodeMessage(EncodeMessage(message)) == message);
}

TEST_CASE("grpc status: only printable ASCII goes out, and not too much of it") {
  CHECK(EncodeMessage("50% é\n") == "50%25 %C3%A9%0A");
  CHECK(EncodeMessage(std::string(10'000, 'x')) == std::string(4096, 'x') + "...");
}

TEST_CASE("grpc status: codes are numbers from 0 to 16") {
  CHECK(StatusOfTrailers("0", "").ok());
  CHECK_THAT(StatusOfTrailers("5", "no%20row"), StatusIs(absl::StatusCode::kNotFound, "no row"));
  CHECK_THAT(StatusOfTrailers("17", "x"),
             StatusIs(absl::StatusCode::kUnknown, "grpc-status \"17\": expected 0 to 16"));
  CHECK_THAT(StatusOfTrailers("", "x"),
             StatusIs(absl::StatusCode::kUnknown, "grpc-status \"\": expected 0 to 16"));
}

}  // namespace ichor::rpc
