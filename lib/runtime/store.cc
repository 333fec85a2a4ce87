#include "lib/runtime/store.h"

#include <algorithm>
#include <format>
#include <utility>

#include "lib/base/status.h"

namespace ichor {
namespace {

absl::Status CheckOwner(const Metadata& current, std::string_view owner) {
  if (current.owner != owner) {
    return absl::PermissionDeniedError(
        std::format("resource {} is owned by \"{}\"", ToString(current), current.owner));
  }
  return absl::OkStatus();
}

absl::Status CheckPhase(const Metadata& current, std::optional<Phase> expected) {
  if (expected.has_value() && current.phase != *expected) {
    return absl::InvalidArgumentError(
        std::format("resource {} is not in phase {}", ToString(current), ToString(*expected)));
  }
  return absl::OkStatus();
}

absl::Status CheckVersion(const Metadata& current, std::uint64_t sent) {
  if (sent != current.version) {
    return absl::FailedPreconditionError(std::format(
        "resource {} update conflict: expected version \"{}\", actual version \"{}\"",
        ToString(current), sent == 0 ? "undefined" : std::to_string(sent), current.version));
  }
  return absl::OkStatus();
}

std::string JoinFinalizers(const std::vector<std::string>& finalizers) {
  std::string joined;
  for (const std::string& finalizer : finalizers) {
    joined += (joined.empty() ? "" : " ") + finalizer;
  }
  return joined;
}

absl::Status NotFound(std::string_view ns, std::string_view type, std::string_view id,
                      std::uint64_t version) {
  return absl::NotFoundError(std::format("resource {}({}/{}@{}) doesn't exist", type, ns, id,
                                         version == 0 ? "undefined" : std::to_string(version)));
}

}  // namespace

ResourcePtr Store::Get(std::string_view ns, std::string_view type, std::string_view id) const {
  const Collection* collection = FindCollection(ns, type);
  return collection == nullptr ? nullptr : collection->Find(id);
}

Snapshot Store::List(std::string_view ns, std::string_view type) {
  Collection* collection = FindCollection(ns, type);
  return collection == nullptr ? std::make_shared<const std::vector<ResourcePtr>>()
                               : collection->List();
}

absl::StatusOr<ResourcePtr> Store::Create(Resource draft, std::string_view owner) {
  Collection& collection = CollectionOf(draft.metadata.kind->ns, draft.metadata.kind->type);
  if (collection.Find(draft.metadata.id) != nullptr) {
    return absl::AlreadyExistsError(
        std::format("resource {} already exists", ToString(draft.metadata)));
  }
  draft.metadata.owner = owner;
  draft.metadata.version = 1;
  draft.metadata.created = clock_.Now();
  if (draft.metadata.updated == base::WallTime()) {
    draft.metadata.updated = draft.metadata.created;
  }
  return Put(collection, std::move(draft));
}

absl::StatusOr<ResourcePtr> Store::Update(Resource draft, std::string_view owner,
                                          std::optional<Phase> expected_phase) {
  Metadata& metadata = draft.metadata;
  Collection* collection = FindCollection(metadata.kind->ns, metadata.kind->type);
  const ResourcePtr current = collection == nullptr ? nullptr : collection->Find(metadata.id);
  if (current == nullptr) {
    return NotFound(metadata.kind->ns, metadata.kind->type, metadata.id, metadata.version);
  }
  RETURN_IF_ERROR(CheckOwner(current->metadata, owner));
  RETURN_IF_ERROR(CheckVersion(current->metadata, metadata.version));
  RETURN_IF_ERROR(CheckPhase(current->metadata, expected_phase));
  metadata.version = current->metadata.version + 1;
  metadata.created = current->metadata.created;
  metadata.updated = clock_.Now();
  return Put(*collection, std::move(draft));
}

absl::StatusOr<ResourcePtr> Store::Teardown(std::string_view ns, std::string_view type,
                                            std::string_view id, std::string_view owner) {
  ASSIGN_OR_RETURN(ResourcePtr current, Find(ns, type, id));
  if (current->metadata.phase == Phase::kTearingDown) {
    return current;
  }
  Resource draft = *current;
  draft.metadata.phase = Phase::kTearingDown;
  return Update(std::move(draft), owner, Phase::kRunning);
}

absl::Status Store::Destroy(std::string_view ns, std::string_view type, std::string_view id,
                            std::string_view owner) {
  ASSIGN_OR_RETURN(const ResourcePtr current, Find(ns, type, id));
  RETURN_IF_ERROR(CheckOwner(current->metadata, owner));
  if (!current->metadata.finalizers.empty()) {
    return absl::FailedPreconditionError(std::format("resource {} has pending finalizers &[{}]",
                                                     ToString(current->metadata),
                                                     JoinFinalizers(current->metadata.finalizers)));
  }
  Erase(*FindCollection(ns, type), id);
  return absl::OkStatus();
}

void Store::Restore(Resource resource) {
  Collection& collection = CollectionOf(resource.metadata.kind->ns, resource.metadata.kind->type);
  Put(collection, std::move(resource));
}

void Store::Evict(std::string_view ns, std::string_view type, std::string_view id) {
  if (Get(ns, type, id) != nullptr) {
    Erase(*FindCollection(ns, type), id);
  }
}

Collection& Store::CollectionOf(std::string_view ns, std::string_view type) {
  if (Collection* collection = FindCollection(ns, type); collection != nullptr) {
    return *collection;
  }
  auto collection = std::make_unique<Collection>(
      std::make_shared<const Kind>(Kind{.ns = std::string(ns), .type = std::string(type)}));
  const KindView key{.ns = collection->kind()->ns, .type = collection->kind()->type};
  return *collections_.emplace(key, std::move(collection)).first->second;
}

Collection* Store::FindCollection(std::string_view ns, std::string_view type) const {
  const auto found = collections_.find(KindView{.ns = ns, .type = type});
  return found == collections_.end() ? nullptr : found->second.get();
}

std::vector<Collection*> Store::Collections() const {
  std::vector<Collection*> collections;
  for (const auto& [kind, collection] : collections_) {
    if (collection->size() > 0) {
      collections.push_back(collection.get());
    }
  }
  std::ranges::sort(collections, {}, [](const Collection* c) -> const Kind& { return *c->kind(); });
  return collections;
}

absl::StatusOr<ResourcePtr> Store::Find(std::string_view ns, std::string_view type,
                                        std::string_view id) const {
  ResourcePtr current = Get(ns, type, id);
  if (current == nullptr) {
    return NotFound(ns, type, id, 0);
  }
  return current;
}

ResourcePtr Store::Put(Collection& collection, Resource resource) {
  resource.metadata.kind = collection.kind();
  ResourcePtr row = std::make_shared<const Resource>(std::move(resource));
  collection.Put(row);
  listener_(collection);
  return row;
}

void Store::Erase(Collection& collection, std::string_view id) {
  collection.Erase(id);
  listener_(collection);
}

}  // namespace ichor
