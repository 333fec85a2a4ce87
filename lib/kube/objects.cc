#include "lib/kube/objects.h"

#include <format>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "lib/base/status.h"
#include "lib/kube/json.h"
#include "lib/resource/tree.h"

namespace ichor::kube {
namespace {

using google::protobuf::Struct;

std::string RootOf(const std::string& api_version) {
  return (api_version.contains('/') ? "/apis/" : "/api/") + api_version;
}

}  // namespace

Reference ReferenceOf(const Struct& object) {
  return {.api_version = TextAt(object, {"apiVersion"}),
          .kind = TextAt(object, {"kind"}),
          .ns = TextAt(object, {"metadata", "namespace"}),
          .name = TextAt(object, {"metadata", "name"})};
}

std::string GroupOf(const Reference& reference) {
  const size_t slash = reference.api_version.find('/');
  return slash == std::string::npos ? "" : reference.api_version.substr(0, slash);
}

std::string NameOf(const Reference& reference) {
  return std::format("{} {}{}", reference.kind, reference.ns.empty() ? "" : reference.ns + "/",
                     reference.name);
}

std::string Escaped(const std::string& part) {
  std::string path;
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    path += absl::ascii_isalnum(byte) || std::string_view("-._~:").contains(c)
                ? std::string(1, c)
                : std::format("%{:02X}", byte);
  }
  return path;
}

Objects::Objects(Api& api, std::string manager) : api_(api), manager_(std::move(manager)) {}

absl::StatusOr<Struct> Objects::Get(const Reference& reference) {
  ASSIGN_OR_RETURN(const std::string path, PathOf(reference));
  return api_.Do({.path = path});
}

absl::Status Objects::Apply(const Struct& object) {
  ASSIGN_OR_RETURN(const std::string path, PathOf(ReferenceOf(object)));
  return api_
      .Do({.method = "PATCH",
           .path = std::format("{}?fieldManager={}&force=true", path, Escaped(manager_)),
           .content_type = "application/apply-patch+yaml",
           .body = ToJson(object)})
      .status();
}

absl::Status Objects::Patch(const Reference& reference, const Struct& patch) {
  ASSIGN_OR_RETURN(const std::string path, PathOf(reference));
  return api_
      .Do({.method = "PATCH",
           .path = std::format("{}?fieldManager={}", path, Escaped(manager_)),
           .content_type = "application/merge-patch+json",
           .body = ToJson(patch)})
      .status();
}

absl::StatusOr<Struct> Objects::List(const std::string& path) {
  return api_.Do({.path = path});
}

absl::StatusOr<Objects::Kinds> Objects::Discover(const std::string& api_version) {
  ASSIGN_OR_RETURN(const Struct list, api_.Do({.path = RootOf(api_version)}));
  Kinds kinds;
  const google::protobuf::Value* const resources = Find(list, {"resources"});
  if (resources != nullptr) {
    for (const auto& item : resources->list_value().values()) {
      const Struct& resource = item.struct_value();
      const std::string plural = TextAt(resource, {"name"});
      const google::protobuf::Value* const namespaced = Find(resource, {"namespaced"});
      if (!plural.contains('/')) {  // "pods/log" is no kind of its own
        kinds[TextAt(resource, {"kind"})] = {
            .plural = plural, .namespaced = namespaced != nullptr && namespaced->bool_value()};
      }
    }
  }
  return kinds;
}

absl::StatusOr<std::string> Objects::PathOf(const Reference& reference) {
  if (reference.kind.empty() || reference.name.empty() || reference.api_version.empty()) {
    return absl::InvalidArgumentError("an object without apiVersion, kind or name");
  }
  auto known = known_.find(reference.api_version);
  if (known == known_.end() || !known->second.contains(reference.kind)) {
    ASSIGN_OR_RETURN(Kinds kinds, Discover(reference.api_version));
    known = known_.insert_or_assign(reference.api_version, std::move(kinds)).first;
  }
  const auto kind = known->second.find(reference.kind);
  if (kind == known->second.end()) {
    return absl::NotFoundError(
        std::format("the server knows no {} of {}", reference.kind, reference.api_version));
  }
  std::string path = RootOf(reference.api_version);
  if (kind->second.namespaced) {
    path += "/namespaces/" + Escaped(reference.ns.empty() ? "default" : reference.ns);
  }
  return std::format("{}/{}/{}", path, kind->second.plural, Escaped(reference.name));
}

}  // namespace ichor::kube
