// From what owners state to what stands in the state, for one kind.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/resource/writers.h"
#include "lib/runtime/rows.h"
#include "lib/runtime/store.h"

namespace ichor {

// Holds each owner's part of a kind and writes the difference between all parts and the collection.
// Rows that did not change keep their snapshot; rows not stated any more are destroyed, or torn
// down while they have finalizers. Rows of strangers are left alone. Confined to the loop's thread.
class StatedRows {
 public:
  // `store` must outlive this.
  StatedRows(Store& store, const Kind& kind);

  // Declares a writer. The part of one that has not stated anything yet is unknown, not empty.
  void AddWriter(std::string_view owner);
  std::vector<std::string> writers() const;

  // Whether every declared writer has stated its part, and there is one.
  bool complete() const;

  // Replaces the part of `owner`, a declared writer. InvalidArgument, and nothing changes, if an id
  // is stated twice. AlreadyExists names a row that another owner states too, or has: the first by
  // name keeps it, the others wait.
  absl::Status State(std::string_view owner, Rows rows);

  // Tries again what could not be written because of finalizers or strangers. Cheap if nothing
  // changed since.
  void Retry();

  Collection& collection() const { return collection_; }

 private:
  struct Part {
    bool stated = false;
    Rows rows;
  };
  // A row and whose it is, in the union of all parts.
  struct Wish {
    DesiredRow* row;
    const std::string* owner;
  };

  std::vector<Wish> Union(absl::Status& conflict, std::string_view speaker);
  void Apply(const std::vector<Wish>& wishes, absl::Status& conflict, std::string_view speaker);
  bool Reconcile(const Resource& current, const Wish& wish);
  void Collect(const Resource& current);
  void Create(const Wish& wish);
  void Update(const Resource& current, DesiredRow& row);
  bool IsOurs(const Resource& resource) const;

  Store& store_;
  Collection& collection_;
  std::map<std::string, Part, std::less<>> parts_;
  bool blocked_ = false;          // some wish could not be written
  std::int64_t generation_ = -1;  // of the collection, when it was last tried
};

}  // namespace ichor
