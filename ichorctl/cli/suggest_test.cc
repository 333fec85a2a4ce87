#include "ichorctl/cli/suggest.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"

namespace ichor::ctl {

TEST_CASE("suggest: what is close is offered, the closest first, and nothing else") {
  const std::vector<std::string> words = {"secrets", "config", "csr", "crt", "completion"};
  CHECK(Alike("conifg", words) == std::vector<std::string>{"config"});
  CHECK(Alike("c", words) == std::vector<std::string>{"completion", "config", "crt"});
  CHECK(Alike("cst", words) == std::vector<std::string>{"crt", "csr"});
  CHECK(Alike("banana", words).empty());
  CHECK(DidYouMean("cst", words) == R"( (did you mean "crt" or "csr"?))");
  CHECK(DidYouMean("banana", words).empty());
}

}  // namespace ichor::ctl
