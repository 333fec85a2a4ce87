#include "lib/kube/json.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/tree.h"

namespace ichor::kube {
namespace {

TEST_CASE("json: an object goes out sorted, on one line, and comes back") {
  const auto object =
      Object({{"b", List({1, true, "x\"\n", Object({})})}, {"a", Object({{"n", -7}})}});
  const std::string text = ToJson(object);
  CHECK(text == R"({"a":{"n":-7},"b":[1,true,"x\"\u000a",{}]})");
  const auto back = FromJson(text);
  REQUIRE_THAT(back, base::IsOk());
  CHECK(ToJson(*back) == text);
}

TEST_CASE("json: spaces, escapes and numbers are read as RFC 8259 says") {
  const auto object =
      FromJson(" { \"t\" : \"\\u00e9\\ud83d\\ude00\\/\" ,\n\"n\":[1.5, -2e3, null]} ");
  REQUIRE_THAT(object, base::IsOk());
  CHECK(ToJson(*object) == "{\"n\":[1.5,-2000,null],\"t\":\"é😀/\"}");
}

TEST_CASE("json: what is none is refused, and not quoted") {
  const std::string text =
      GENERATE(as<std::string>(), "", "[]", "{\"a\":1", "{\"a\":nan}", "{\"a\":\"\xff\"}",
               "{\"a\":1}}", "{\"a\"=1}", "{\"a\":[1 2]}",
               "{\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}");
  CHECK_THAT(FromJson(text), base::StatusIs(absl::StatusCode::kInvalidArgument, "no JSON object"));
}

}  // namespace
}  // namespace ichor::kube
