#include "lib/config/validate/conflicts.h"

#include <string>
#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "lib/config/description.h"
#include "lib/config/validate/complaint.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

// A value that a field takes.
std::string_view ValueOf(const Field& field) {
  if (field.list) return "[]";
  if (field.map) return "{}";
  switch (field.type) {
    case ValueType::kBool:
      return "true";
    case ValueType::kInteger:
      return "1";
    case ValueType::kFree:
    case ValueType::kMessage:
      return "{}";
    default:
      return "a";
  }
}

// "machine: {network: {hostname: a}}".
std::string Nested(const Shape& shape, std::string_view path) {
  const size_t dot = path.find('.');
  const Field* field = shape.Find(path.substr(0, dot));
  REQUIRE(field != nullptr);
  if (dot == std::string_view::npos) return Cat(path, ": ", ValueOf(*field));
  return Cat(path.substr(0, dot), ": {", Nested(*field->shape, path.substr(dot + 1)), "}");
}

TEST_CASE("validate: each field that a document replaces excludes that document") {
  for (const LegacyConflict& conflict : AllLegacyConflicts()) {
    INFO(conflict.path);
    const std::string text = Cat(
        Nested(*FindKind("")->shape, conflict.path), "\n---\n",
        DocumentText(conflict.kind, FindKind(conflict.kind)->named()
                                        ? Cat("name: ", conflict.name.empty() ? "a" : conflict.name)
                                        : ""));
    const std::string complaint = Complaint(text);
    INFO(complaint);
    CHECK(complaint.contains(Cat(": ", conflict.path, ": is set, and ", conflict.kind,
                                 " is there too (say it in ", conflict.kind, " only)")));
  }
}

TEST_CASE("validate: a document of a name of its own excludes a field only by that name") {
  CHECK_FALSE(Complaint(Cat("machine: {systemDiskEncryption: {state: {}}}\n---\n",
                            DocumentText("VolumeConfig", "name: EPHEMERAL")))
                  .contains("is there too"));
}

TEST_CASE("validate: what only a control plane runs is refused elsewhere") {
  for (const Kind& kind : AllKinds()) {
    const std::string refusal = Cat(
        kind.name, " is only for a control plane (remove it, or set machine.type: controlplane)");
    const std::string text = kind.legacy() ? "machine: {}\n" : DocumentText(kind.name, "");
    INFO(text);
    const bool only = kind.option->control_plane_only();
    CHECK(Complaint(text).contains(refusal) == only);
    CHECK(Complaint("machine: {type: worker}\n---\n" + text).contains(refusal) == only);
    CHECK_FALSE(Complaint("machine: {type: init}\n---\n" + text).contains(refusal));
  }
}

}  // namespace
}  // namespace ichor::config
