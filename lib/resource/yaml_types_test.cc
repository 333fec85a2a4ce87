// Every resource type goes to YAML and back.
#include <memory>

#include "catch2/catch_test_macros.hpp"
#include "google/protobuf/util/message_differencer.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/resource_type.h"
#include "lib/resource/spec_filler.h"
#include "lib/resource/yaml.h"

namespace ichor {
namespace {

namespace pb = google::protobuf;

std::unique_ptr<pb::Message> New(const ResourceType& type) {
  return std::unique_ptr<pb::Message>(
      pb::MessageFactory::generated_factory()->GetPrototype(type.spec)->New());
}

void CheckRoundTrip(const ResourceType& type, const pb::Message& spec) {
  INFO(type.type);
  const std::string text = ToYaml(spec);
  INFO(text);
  CHECK(text.ends_with('\n'));
  const auto back = New(type);
  CHECK_THAT(FromYaml(text, *back), base::IsOk());
  std::string difference;
  pb::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  CHECK(differencer.Compare(spec, *back));
  INFO(difference);
  CHECK(difference.empty());
  CHECK(ToYaml(*back) == text);
}

TEST_CASE("the empty spec of every type survives YAML") {
  for (const ResourceType& type : ResourceTypes())
    CheckRoundTrip(type, *New(type));
}

TEST_CASE("a spec with every field set survives YAML") {
  for (const ResourceType& type : ResourceTypes()) {
    const auto spec = New(type);
    FillSpec(*spec);
    CheckRoundTrip(type, *spec);
  }
}

TEST_CASE("the definition of every type survives YAML") {
  for (const ResourceType& type : ResourceTypes()) {
    CheckRoundTrip(*FindResourceType("ResourceDefinitions.meta.cosi.dev"), DefinitionOf(type));
  }
}

}  // namespace
}  // namespace ichor
