#include "lib/runtime/test_resources.h"

#include <format>
#include <memory>

namespace ichor {
namespace {

SpecPtr TextSpec(std::string_view text) {
  return SpecData::Opaque(std::string(text), "");
}

}  // namespace

TypeRef TestType(std::string_view type, Writers writers) {
  return {.kind = {.ns = "test", .type = std::string(type)}, .writers = writers};
}

Resource Thing(std::string_view id, std::string_view text) {
  Resource resource;
  resource.metadata.kind = std::make_shared<const Kind>(Kind{.ns = "test", .type = "Things"});
  resource.metadata.id = id;
  resource.spec = TextSpec(text);
  return resource;
}

DesiredRow TestRow(std::string_view id, std::string_view text) {
  return {.id = std::string(id), .spec = TextSpec(text), .labels = {}, .annotations = {}};
}

std::string_view TextOf(const Resource& resource) {
  return resource.spec->proto();
}

std::string Show(const std::vector<ResourcePtr>& resources) {
  std::string shown;
  for (const ResourcePtr& resource : resources) {
    const Metadata& metadata = resource->metadata;
    const bool running = metadata.phase == Phase::kRunning;
    shown += std::format("{}{}={}({}{})", shown.empty() ? "" : " ", metadata.id, TextOf(*resource),
                         metadata.owner, running ? "" : ", tearingDown");
  }
  return shown;
}

}  // namespace ichor
