#include "lib/runtime/definitions.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/log/check.h"
#include "absl/strings/ascii.h"
#include "cosi/resource/meta.resources.h"
#include "lib/resource/resource_type.h"
#include "lib/runtime/controller_status.h"

namespace ichor {
namespace {

// Namespaces that no type has by default: specs in layers, and what the registries say before it is
// merged.
constexpr std::string_view kOtherNamespaces[] = {"cluster-raw", "network-config"};

template <class T>
void Create(Store& store, std::string id, typename T::Spec spec) {
  Resource draft;
  draft.metadata.kind = std::make_shared<const Kind>(
      Kind{.ns = std::string(T::kNamespace), .type = std::string(T::kType)});
  draft.metadata.id = std::move(id);
  draft.spec = SpecData::Of(std::make_unique<const typename T::Spec>(std::move(spec)));
  const absl::Status status = store.Create(std::move(draft), kStatusWriter).status();
  CHECK(status.ok()) << status;  // ids are unique, since type names are
}

}  // namespace

void PublishDefinitions(Store& store) {
  std::set<std::string> namespaces(std::begin(kOtherNamespaces), std::end(kOtherNamespaces));
  for (const ResourceType& type : ResourceTypes()) {
    namespaces.insert(type.default_namespace);
    Create<meta::ResourceDefinition>(store, absl::AsciiStrToLower(type.type), DefinitionOf(type));
  }
  for (const std::string& name : namespaces) {
    Create<meta::Namespace>(store, name, {});
  }
}

}  // namespace ichor
