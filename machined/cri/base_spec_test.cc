#include "machined/cri/base_spec.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"

namespace ichor {

using google::protobuf::Struct;

TEST_CASE("base spec: containerd's own, without limits") {
  const std::string json = SpecJson(DefaultBaseSpec());
  CHECK(json.starts_with(R"({"linux":{"maskedPaths":["/proc/acpi",)"));
  CHECK(json.contains(R"("resources":{"devices":[{"access":"rwm","allow":false}]})"));
  CHECK(json.contains(R"("process":{"capabilities":{"bounding":["CAP_CHOWN",)"));
  CHECK(json.contains(R"("user":{"gid":0,"uid":0}})"));
  CHECK_FALSE(json.contains("rlimits"));
}

TEST_CASE("base spec: changes are merged; lists grow, all else is replaced") {
  Struct spec = DefaultBaseSpec();
  MergeSpec(Text(R"(fields { key: "process" value { struct_value {
                fields { key: "cwd" value { string_value: "/a\"b" } }
                fields { key: "rlimits" value { list_value { values { struct_value {
                  fields { key: "hard" value { number_value: 1048576 } } } } } } } } } }
              fields { key: "root" value { struct_value { fields { key: "n" value { number_value: 0.5 } } } } })"),
            spec);
  const std::string json = SpecJson(spec);
  CHECK(json.contains(R"("cwd":"/a\"b")"));
  CHECK(json.contains(R"("rlimits":[{"hard":1048576}])"));
  CHECK(json.contains(R"("root":{"n":0.5,"path":"rootfs"})"));
  CHECK(json.contains(R"("noNewPrivileges":true)"));
}

}  // namespace ichor
