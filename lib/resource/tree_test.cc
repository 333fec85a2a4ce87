#include "lib/resource/tree.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/yaml.h"

namespace ichor {

TEST_CASE("tree: an object reads as it was stated, with its keys sorted") {
  const google::protobuf::Struct object =
      Object({{"kind", "Pod"},
              {"port", 6443},
              {"big", std::int64_t{1} << 40},
              {"on", true},
              {"text", "true"},
              {"items", List({"a", Object({{"b", std::vector<std::string>{"c"}}})})},
              {"none", Object({})}});
  CHECK(ToYaml(object) ==
        "big: 1099511627776\n"
        "items:\n"
        "    - a\n"
        "    - b:\n"
        "        - c\n"
        "kind: Pod\n"
        "none: {}\n"
        "\"on\": true\n"
        "port: 6443\n"
        "text: \"true\"\n");
  google::protobuf::Struct again;
  REQUIRE_THAT(FromYaml(ToYaml(object), again), base::IsOk());
  CHECK(ToYaml(again) == ToYaml(object));
}

TEST_CASE("tree: a path leads to a value or to nothing") {
  google::protobuf::Struct object = Object({{"a", Object({{"b", "c"}})}});
  CHECK(TextAt(object, {"a", "b"}) == "c");
  CHECK(TextAt(object, {"a"}).empty());
  CHECK(Find(object, {"a", "b", "c"}) == nullptr);
  CHECK(Find(object, {"b"}) == nullptr);
  Set(object, "a", 1);
  CHECK(Find(object, {"a"})->number_value() == 1);
}

}  // namespace ichor
