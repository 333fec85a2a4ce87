// The state: all resources of this process, and the rules for changing them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/resource/resource.h"
#include "lib/runtime/collection.h"

namespace ichor {

// Versions count from 1 and grow by one with every write; a resource belongs to the owner that
// created it, and only that owner may change it. The codes say which rule was broken: NotFound;
// AlreadyExists; PermissionDenied (owner); FailedPrecondition (version, or finalizers left);
// InvalidArgument (phase). Confined to the loop's thread.
class Store {
 public:
  // `clock` must outlive the store.
  explicit Store(const base::Clock& clock) : clock_(clock) {}

  // The resource, or null.
  ResourcePtr Get(std::string_view ns, std::string_view type, std::string_view id) const;

  // All resources of a kind, sorted by id; empty for a kind that never was.
  Snapshot List(std::string_view ns, std::string_view type);

  // Creates what `draft` says, with version 1, owned by `owner`. Its version and `created` are
  // ignored; `updated` stays if it is set.
  absl::StatusOr<ResourcePtr> Create(Resource draft, std::string_view owner);

  // Replaces the current version, which must be `draft`'s version, be owned by `owner`, and be in
  // `expected_phase` (absent: in any). All else of `draft` is taken, its owner included.
  absl::StatusOr<ResourcePtr> Update(Resource draft, std::string_view owner,
                                     std::optional<Phase> expected_phase);

  // Sets the phase to tearing down, if it is not yet. Returns the current version.
  absl::StatusOr<ResourcePtr> Teardown(std::string_view ns, std::string_view type,
                                       std::string_view id, std::string_view owner);

  // Removes the resource. FailedPrecondition while it has finalizers.
  absl::Status Destroy(std::string_view ns, std::string_view type, std::string_view id,
                       std::string_view owner);

  // Puts `resource` in as it is, version, times and owner included: what a checkpoint or another
  // process's state says.
  void Restore(Resource resource);

  // Takes a resource away whatever its owner and finalizers, if there is one: the other side of
  // Restore.
  void Evict(std::string_view ns, std::string_view type, std::string_view id);

  // The collection of a kind, made if there is none; stays for the life of the store once asked
  // for.
  Collection& CollectionOf(std::string_view ns, std::string_view type);

  // The same, null if there is none.
  Collection* FindCollection(std::string_view ns, std::string_view type) const;

  // How many collections there are.
  size_t kinds() const { return collections_.size(); }

  // All collections that have resources, by kind.
  std::vector<Collection*> Collections() const;

  // Called after each write, with the collection that changed; replaces the one set before.
  void OnChange(std::function<void(Collection&)> listener) { listener_ = std::move(listener); }

 private:
  struct KindView {
    std::string_view ns;
    std::string_view type;
    bool operator==(const KindView&) const = default;
    template <class H>
    friend H AbslHashValue(
        H hash, const KindView& kind) {  // NOLINT(readability-identifier-naming): Abseil's name
      return H::combine(std::move(hash), base::StringHash()(kind.ns),
                        base::StringHash()(kind.type));
    }
  };

  absl::StatusOr<ResourcePtr> Find(std::string_view ns, std::string_view type,
                                   std::string_view id) const;
  ResourcePtr Put(Collection& collection, Resource resource);
  void Erase(Collection& collection, std::string_view id);

  const base::Clock& clock_;
  std::function<void(Collection&)> listener_ = [](Collection&) {};
  // The views point into the collection's own kind.
  absl::flat_hash_map<KindView, std::unique_ptr<Collection>> collections_;
};

}  // namespace ichor
