#include "lib/kube/fake_api.h"

#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/kube/json.h"
#include "lib/resource/tree.h"

namespace ichor::kube {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr std::string_view kApproval = "/approval";  // a part of the object, written alone

// RFC 7386.
void Merge(const Struct& patch, Struct& object) {
  for (const auto& [key, value] : patch.fields()) {
    if (value.has_null_value()) {
      object.mutable_fields()->erase(key);
    } else if (value.has_struct_value()) {
      Merge(value.struct_value(), *(*object.mutable_fields())[key].mutable_struct_value());
    } else {
      (*object.mutable_fields())[key] = value;
    }
  }
}

}  // namespace

absl::StatusOr<Struct> FakeApi::Do(const Call& call) {
  calls.push_back(call.method + " " + call.path);
  std::string path = call.path.substr(0, call.path.find('?'));
  if (path.ends_with(kApproval)) {
    path.resize(path.size() - kApproval.size());
  }
  if (const auto failure = failures.find(path); failure != failures.end()) {
    return failure->second;
  }
  if (call.method != "GET") {
    return Write(call, path);
  }
  for (const std::string_view root : {"/api/", "/apis/"}) {
    if (path.starts_with(root) && kinds.contains(path.substr(root.size()))) {
      return Discover(path.substr(root.size()));
    }
  }
  if (const auto object = objects_.find(path); object != objects_.end()) {
    return object->second;
  }
  Struct list = Collection(path);
  if (list.fields().empty()) {
    return absl::NotFoundError(std::format("{} not found", path));
  }
  return list;
}

void FakeApi::Put(const std::string& path, const Struct& object) {
  Struct& put = objects_[path];
  put = object;
  Set(*(*put.mutable_fields())["metadata"].mutable_struct_value(), "resourceVersion",
      std::to_string(++version_));
}

Struct FakeApi::At(const std::string& path) const {
  const auto object = objects_.find(path);
  return object == objects_.end() ? Struct() : object->second;
}

absl::StatusOr<Struct> FakeApi::Discover(const std::string& api_version) const {
  std::vector<Tree> resources;
  for (const std::string& text : kinds.at(api_version)) {
    const size_t space = text.find(' ');
    const bool namespaced = text.ends_with('*');
    const std::string plural =
        text.substr(space + 1, text.size() - space - 1 - (namespaced ? 1 : 0));
    resources.emplace_back(
        Object({{"kind", text.substr(0, space)}, {"name", plural}, {"namespaced", namespaced}}));
    resources.emplace_back(
        Object({{"kind", "Status"}, {"name", plural + "/status"}, {"namespaced", namespaced}}));
  }
  return Object({{"kind", "APIResourceList"}, {"resources", resources}});
}

absl::StatusOr<Struct> FakeApi::Write(const Call& call, const std::string& path) {
  ASSIGN_OR_RETURN(const Struct body, FromJson(call.body));
  const bool apply = call.content_type == "application/apply-patch+yaml";
  Struct object = At(path);
  if (!apply && object.fields().empty()) {
    return absl::NotFoundError(std::format("{} not found", path));
  }
  const std::string wanted = TextAt(body, {"metadata", "resourceVersion"});
  if (!wanted.empty() && wanted != TextAt(object, {"metadata", "resourceVersion"})) {
    return absl::AbortedError(std::format("{}: the object has been modified", path));
  }
  Merge(body, object);
  Put(path, object);
  return object;
}

Struct FakeApi::Collection(const std::string& path) const {
  std::vector<Tree> items;
  for (const auto& [at, object] : objects_) {
    if (at.starts_with(path + "/") && !at.substr(path.size() + 1).contains('/')) {
      items.emplace_back(object);
    }
  }
  return items.empty() ? Struct() : Object({{"kind", "List"}, {"items", items}});
}

}  // namespace ichor::kube
