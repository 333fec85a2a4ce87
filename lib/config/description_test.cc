#include "lib/config/description.h"

#include <array>
#include <set>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "config/link.pb.h"

namespace ichor::config {
namespace {

// Calls `visit(shape)` for each shape that is reachable, once.
void Walk(const Shape& shape, std::set<const Shape*>& seen) {
  if (!seen.insert(&shape).second) return;
  for (const Field& field : shape.fields) {
    if (field.shape != nullptr) Walk(*field.shape, seen);
  }
}

std::set<const Shape*> AllShapes() {
  std::set<const Shape*> seen;
  for (const Kind& kind : AllKinds()) {
    Walk(*kind.shape, seen);
  }
  return seen;
}

TEST_CASE("description: every kind is found by its name and its message") {
  CHECK(AllKinds().size() == 90);
  for (const Kind& kind : AllKinds()) {
    CHECK(FindKind(kind.name) == &kind);
    CHECK(KindOf(*kind.shape->type) == &kind);
  }
  CHECK(FindKind("Nothing") == nullptr);
  CHECK(FindKind("")->legacy());
  CHECK(FindKind("LinkConfig")->named());
  CHECK(FindKind("KubeSchedulerConfig")->option->control_plane_only());
}

TEST_CASE("description: keys are unique in a mapping") {
  for (const Shape* shape : AllShapes()) {
    std::set<std::string> keys;
    for (const Field& field : shape->fields) {
      INFO(shape->type->full_name() << "." << field.key);
      CHECK(keys.insert(field.key).second);
    }
  }
}

TEST_CASE("description: the key of a merged list is a key of its items") {
  for (const Shape* shape : AllShapes()) {
    for (const Field& field : shape->fields) {
      for (const std::string& key : field.option->merge_key()) {
        INFO(shape->type->full_name() << "." << field.key);
        CHECK((field.list && field.shape->Find(key) != nullptr));
      }
    }
  }
}

TEST_CASE("description: the closest word is what somebody meant") {
  const std::array<std::string_view, 3> words = {"dhcp", "dhcpOptions", "mtu"};
  CHECK(Closest("dchp", words) == "dhcp");
  CHECK(Closest("DHCP", words) == "dhcp");
  CHECK(Closest("dhcpOption", words) == "dhcpOptions");
  CHECK(Closest("wireguard", words).empty());
  CHECK(Closest(std::string(100, 'd'), words).empty());
}

}  // namespace
}  // namespace ichor::config
