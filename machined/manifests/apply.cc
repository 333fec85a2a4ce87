#include "machined/manifests/apply.h"

#include <algorithm>
#include <format>
#include <set>
#include <utility>

#include "absl/strings/str_replace.h"
#include "lib/base/status.h"
#include "lib/resource/tree.h"
#include "machined/manifests/pod_parts.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

constexpr const char* kManager = "talos";
constexpr const char* kInventory = "talos-bootstrap-manifests-inventory";
constexpr const char* kOwner = "config.k8s.io/owning-inventory";

kube::Reference InventoryReference() {
  return {.api_version = "v1", .kind = "ConfigMap", .ns = "kube-system", .name = kInventory};
}

// An object of a manifest.
struct Item {
  std::string manifest;
  kube::Reference reference;
  const Struct* object;
};

// Others may lie in a namespace, and be of a kind, that the same manifests bring.
int RankOf(const kube::Reference& reference) {
  if (reference.kind == "Namespace") {
    return 0;
  }
  return reference.kind == "CustomResourceDefinition" ? 1 : 2;
}

std::vector<Item> ItemsOf(const All<k8s::Manifest>& manifests) {
  std::vector<Item> items;
  for (const auto& row : manifests) {
    for (const auto& item : row.spec().items()) {
      items.push_back({.manifest = row.id(),
                       .reference = kube::ReferenceOf(item.object()),
                       .object = &item.object()});
    }
  }
  std::ranges::stable_sort(items, {}, [](const Item& item) { return RankOf(item.reference); });
  return items;
}

class Applier {
 public:
  explicit Applier(kube::Api& api) : objects_(api, kManager) {}

  AppliedManifests Run(const All<k8s::Manifest>& manifests) {
    if (const absl::Status read = ReadInventory(); !read.ok()) {
      return {.ids = {}, .status = read, .made = {}};
    }
    std::set<std::string> incomplete;
    for (const Item& item : ItemsOf(manifests)) {
      if (const absl::Status added = Add(item); !added.ok()) {
        incomplete.insert(item.manifest);
        result_.status.Update(base::Annotate(added, NameOf(item.reference)));
      }
    }
    if (const absl::Status written = WriteInventory(); !written.ok()) {
      result_.status.Update(written);
      return std::move(result_);
    }
    for (const auto& row : manifests) {
      if (!incomplete.contains(std::string(row.id()))) {
        result_.ids.emplace_back(row.id());
      }
    }
    return std::move(result_);
  }

 private:
  absl::Status ReadInventory() {
    const absl::StatusOr<Struct> map = objects_.Get(InventoryReference());
    if (absl::IsNotFound(map.status())) {
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(map.status());
    if (const google::protobuf::Value* const data = Find(*map, {"data"}); data != nullptr) {
      for (const auto& [key, value] : data->struct_value().fields()) {
        inventory_.insert(key);
      }
    }
    written_ = inventory_;
    return absl::OkStatus();
  }

  absl::Status Add(const Item& item) {
    const std::string key = InventoryKey(item.reference);
    if (inventory_.contains(key)) {
      return absl::OkStatus();
    }
    const absl::Status there = objects_.Get(item.reference).status();
    if (absl::IsNotFound(there)) {
      RETURN_IF_ERROR(objects_.Apply(Owned(*item.object)));
      result_.made.push_back(NameOf(item.reference));
    } else {
      RETURN_IF_ERROR(there);
    }
    inventory_.insert(key);
    return absl::OkStatus();
  }

  static Struct Owned(Struct object) {
    auto& meta = *(*object.mutable_fields())["metadata"].mutable_struct_value();
    Set(*(*meta.mutable_fields())["annotations"].mutable_struct_value(), kOwner, kInventory);
    return object;
  }

  absl::Status WriteInventory() {
    if (inventory_ == written_) {
      return absl::OkStatus();
    }
    Struct data;
    for (const std::string& key : inventory_) {
      Set(data, key, "");
    }
    return objects_.Apply(Object({{"apiVersion", "v1"},
                                  {"kind", "ConfigMap"},
                                  {"metadata", SystemMeta(kInventory)},
                                  {"data", std::move(data)}}));
  }

  kube::Objects objects_;
  std::set<std::string> inventory_;
  std::set<std::string> written_;
  AppliedManifests result_;
};

}  // namespace

std::string InventoryKey(const kube::Reference& reference) {
  // A key of a ConfigMap has no colons.
  return std::format("{}_{}_{}_{}", reference.ns,
                     absl::StrReplaceAll(reference.name, {{":", "__"}}), GroupOf(reference),
                     reference.kind);
}

AppliedManifests ApplyManifests(const All<k8s::Manifest>& manifests, kube::Api& api) {
  return Applier(api).Run(manifests);
}

}  // namespace ichor
