#include "lib/config/redact.h"

#include <set>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

constexpr std::string_view kPlanted = "cGxhbnRlZA==";  // base64, so that it fits everywhere

// A mapping with the planted text in every secret field below `shape`; "" if there is none.
std::string Plant(const Shape& shape, int depth) {
  std::string text;
  for (const Field& field : shape.fields) {
    std::string value;
    if (field.option->secret()) {
      value = field.type == ValueType::kFree || field.map ? Cat("{a: [", kPlanted, "]}")
                                                          : std::string(kPlanted);
      if (field.map) value = Cat("{a: ", kPlanted, "}");
    } else if (field.type == ValueType::kMessage && depth < 10) {
      value = Plant(*field.shape, depth + 1);
      if (!value.empty() && field.list) value = Cat("[", value, "]");
      if (!value.empty() && field.map) value = Cat("{k: ", value, "}");
    }
    if (!value.empty()) text += Cat(text.empty() ? "{" : ", ", field.key, ": ", value);
  }
  return text.empty() ? "" : text + "}";
}

TEST_CASE("redact: no secret field of any kind shows its value") {
  int kinds = 0;
  for (const Kind& kind : AllKinds()) {
    std::string text = Plant(*kind.shape, 0);
    if (text.empty()) continue;
    ++kinds;
    if (!kind.legacy())
      text = Cat("{apiVersion: v1alpha1, kind: ", kind.name, kind.named() ? ", name: n, " : ", ",
                 text.substr(1));
    const auto config = Load("", text);
    INFO(text);
    REQUIRE(config.ok());
    const std::string redacted = Redact(*config);
    CHECK(text.contains(kPlanted));
    CHECK_FALSE(redacted.contains(kPlanted));
    CHECK(redacted.contains(kRedacted));
  }
  CHECK(kinds >= 14);
}

TEST_CASE("redact: what is no secret stays, comments go") {
  const auto config =
      Load("",
           "machine: # token is abc\n  token: abc\n  type: worker\n---\n{apiVersion: v1alpha1, "
           "kind: HostnameConfig, hostname: n}\n");
  REQUIRE(config.ok());
  CHECK(Redact(*config, "***") ==
        "machine:\n    token: '***'\n    type: worker\n---\napiVersion: v1alpha1\nkind: "
        "HostnameConfig\nhostname: n\n");
}

}  // namespace
}  // namespace ichor::config
