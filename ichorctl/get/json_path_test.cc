#include "ichorctl/get/json_path.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "ichorctl/get/json.h"
#include "lib/base/status_matchers.h"
#include "lib/yaml/document.h"

namespace ichor::ctl {
namespace {

using base::IsOk;

constexpr const char* kDocument =
    "id: eth0\nup: true\nsize: 10\nnone: null\naddresses: [10.0.0.2/24, 'fd00::2/64']\n"
    "conditions:\n  - {type: Ready, status: 'True'}\n  - {type: Slow, status: 'False'}\n"
    "labels: {a.b/c: x}\n";

struct Fixture {
  yml::Source source{.file = "", .text = kDocument};
  yml::Node value = *yml::ReadDocument(source);

  std::string Ask(std::string_view path) const {
    const auto parsed = JsonPath::Parse(path);
    REQUIRE_THAT(parsed, IsOk());
    return parsed->Evaluate(value);
  }
};

}  // namespace

TEST_CASE("jsonpath: paths find what the document says") {
  const Fixture f;
  const auto [path, text] = GENERATE(table<std::string, std::string>({
      {"{.id}", "eth0"},
      {".id", "eth0"},
      {"id", "eth0"},
      {"{$.size}", "10"},
      {"{.none}", ""},
      {"{.missing.below[3]}", ""},
      {"{.addresses}", "[\"10.0.0.2/24\",\"fd00::2/64\"]"},
      {"{.addresses[0]}", "10.0.0.2/24"},
      {"{.addresses[-1]}", "fd00::2/64"},
      {"{.addresses[7]}", ""},
      {"{.addresses[-7]}", ""},
      {"{.addresses[:]}", "10.0.0.2/24 fd00::2/64"},
      {"{.addresses[1:9]}", "fd00::2/64"},
      {"{.addresses[*]}", "10.0.0.2/24 fd00::2/64"},
      {"{.conditions[?(@.type==\"Ready\")].status}", "True"},
      {"{.conditions[?(@.type != 'Ready')].status}", "False"},
      {"{.conditions[?(@.missing)]}", ""},
      {"{..type}", "Ready Slow"},
      {"{.labels['a.b/c']}", "x"},
      {"{.labels.a\\.b/c}", "x"},
      {"{@.up}", "true"},
      {"id: {.id}, up: {.up}", "id: eth0, up: true"},
      {"{range .conditions[*]}{.type}={.status}{\"\\n\"}{end}", "Ready=True\nSlow=False\n"},
  }));
  CHECK(f.Ask(path) == text);
}

TEST_CASE("jsonpath: the document itself is shown as JSON, with sorted keys") {
  const Fixture f;
  CHECK(f.Ask("{.conditions[0]}") == "{\"status\":\"True\",\"type\":\"Ready\"}");
  CHECK(ToIndentedJson(*f.value.Find("labels")) == "{\n    \"a.b/c\": \"x\"\n}");
  CHECK(f.Ask("{@}").starts_with("{\"addresses\":["));
  CHECK(f.Ask("{@}").contains("\"none\":null,\"size\":10,\"up\":true"));
}

TEST_CASE("jsonpath: text that is none is refused, with what was expected") {
  const auto [path, expected] = GENERATE(table<std::string, std::string>({
      {"{.a", "} expected"},
      {"{.a[}", "a number, a key in quotes, * or ?( expected"},
      {"{.a['x}", "a closing quote expected"},
      {"{range .a}{.b}", "{end} expected"},
      {"{end}", "a {range} before {end} expected"},
      {"{.a[?(@.b==1}", ")] expected"},
  }));
  const auto parsed = JsonPath::Parse(path);
  REQUIRE(parsed.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(parsed.status().message()).contains(expected));
}

}  // namespace ichor::ctl
