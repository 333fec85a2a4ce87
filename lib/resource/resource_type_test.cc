#include "lib/resource/resource_type.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "catch2/catch_test_macros.hpp"

namespace ichor {
namespace {

// One line of testdata/resource_types.txt: type|display type|namespace|aliases|columns|sensitive.
std::string LineOf(const ResourceType& type) {
  const auto column = [](std::string* out, const ResourceType::Column& c) {
    absl::StrAppend(out, c.name, "=", c.path);
  };
  return absl::StrCat(type.type, "|", type.display_type, "|", type.default_namespace, "|",
                      absl::StrJoin(type.aliases, ","), "|",
                      absl::StrJoin(type.columns, "; ", column), "|",
                      type.sensitive ? "sensitive" : "", "\n");
}

TEST_CASE("the resource types are those that clients know") {
  std::ostringstream expected;
  expected << std::ifstream("testdata/resource_types.txt").rdbuf();
  std::string actual;
  for (const ResourceType& type : ResourceTypes())
    actual += LineOf(type);
  CHECK(actual == expected.str());
}

TEST_CASE("a type is found by its full name only") {
  const ResourceType* type = FindResourceType("LinkStatuses.net.talos.dev");
  REQUIRE(type != nullptr);
  CHECK(type->spec->full_name() == "talos.resource.definitions.network.LinkStatusSpec");
  CHECK(type->writers == Writers::kOne);
  CHECK(FindResourceType("linkstatuses.net.talos.dev") == nullptr);
  CHECK(FindResourceType("LinkStatuses") == nullptr);
  CHECK(FindResourceType("") == nullptr);
  CHECK(FindResourceType("zzz") == nullptr);
}

TEST_CASE("every type has its empty spec, found by its full name only") {
  for (const ResourceType& type : ResourceTypes()) {
    CAPTURE(type.type);
    const google::protobuf::Message* empty = EmptySpecOf(type.type);
    REQUIRE(empty != nullptr);
    CHECK(empty->GetDescriptor() == type.spec);
  }
  CHECK(EmptySpecOf("linkstatuses.net.talos.dev") == nullptr);
  CHECK(EmptySpecOf("zzz") == nullptr);
}

TEST_CASE("two types may share a spec") {
  const ResourceType* defaults = FindResourceType("KernelParamDefaultSpecs.runtime.talos.dev");
  const ResourceType* wishes = FindResourceType("KernelParamSpecs.runtime.talos.dev");
  REQUIRE(defaults != nullptr);
  REQUIRE(wishes != nullptr);
  CHECK(defaults->spec == wishes->spec);
  CHECK(wishes->writers == Writers::kMany);
}

TEST_CASE("all aliases have the plural with each beginning of the suffix") {
  CHECK(FindResourceType("LinkStatuses.net.talos.dev")->all_aliases ==
        std::vector<std::string>{"link", "links", "linkstatus", "ls", "linkstatuses",
                                 "linkstatuses.net", "linkstatuses.net.talos"});
  CHECK(FindResourceType("SBOMItems.talos.dev")->all_aliases ==
        std::vector<std::string>{"sbomitem", "sbomi", "sbomis", "sbomitems", "sbomitems.talos"});
  CHECK(FindResourceType("MountStatuses.runtime.talos.dev")->all_aliases ==
        std::vector<std::string>{"mounts"});
}

TEST_CASE("a definition says what a type is") {
  const auto spec = DefinitionOf(*FindResourceType("OOMActions.talos.dev"));
  CHECK(spec.resource_type() == "OOMActions.talos.dev");
  CHECK(spec.display_type() == "OOMAction");
  CHECK(spec.default_namespace() == "runtime");
  CHECK(spec.aliases_size() == 3);
  CHECK(spec.all_aliases_size() == 5);
  CHECK(spec.print_columns(1).name() == "Score");
  CHECK(spec.print_columns(1).json_path() == "{.score}");
  CHECK(spec.sensitivity() == cosi::resource::meta::ResourceDefinitionSpec::SENSITIVE);
}

}  // namespace
}  // namespace ichor
