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
  const auto object = FromJson(
      " { \"t\" : \"\\u00e9\\ud83d\\ude00\\/\" ,\n\"n\":[1.5, -2e3, null],\"t2\":\"\\ud800\"} ");
  REQUIRE_THAT(object, base::IsOk());
  CHECK(ToJson(*object) == "{\"n\":[1.5,-2000,null],\"t\":\"é😀/\",\"t2\":\"\xef\xbf\xbd\"}");
}

TEST_CASE("json: what is none is refused with its place") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"", "no JSON at byte 0"},
      {"[]", "no JSON object"},
      {"{\"a\":1", "no JSON at byte 6"},
      {"{\"a\":nan}", "no JSON at byte 5"},
      {"{\"a\":\"\\x\"}", "no JSON at byte 8"},
      {"{\"a\":\"\\ud8\"}", "no JSON at byte 8"},
      {"{\"a\":\"\xff\"}", "no JSON at byte 8"},
      {"{\"a\":1}}", "no JSON at byte 7"},
      {"{\"a\"=1}", "no JSON at byte 4"},
      {"{\"a\":[1 2]}", "no JSON at byte 8"},
      {"{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}", "no JSON at byte 69"},
  }));
  CHECK_THAT(FromJson(text), base::StatusIs(absl::StatusCode::kInvalidArgument, message));
}

}  // namespace
}  // namespace ichor::kube
