#include "lib/resource/json_text.h"

#include "catch2/catch_test_macros.hpp"

namespace ichor {

TEST_CASE("json text: quotes, backslashes and control characters are escaped") {
  CHECK(JsonText("a \"b\" \\ c\n") == R"("a \"b\" \\ c\u000a")");
  CHECK(JsonText("gr\u00fcn") == "\"gr\u00fcn\"");
  CHECK(JsonText("\xff") == "\"\ufffd\"");
  CHECK(JsonText("") == "\"\"");
}

}  // namespace ichor
