// What policies would make of the state if a source said something else: nothing is changed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/runtime/controller.h"
#include "lib/runtime/rows.h"
#include "lib/runtime/store.h"

namespace ichor {

// A row that becomes another one. Null: it is not there.
struct RowChange {
  ResourcePtr before;
  ResourcePtr after;
};

// Confined to the thread of its store.
class Preview {
 public:
  // Runs those of `policies` whose inputs would change if `source` stated `rows` of `type` instead
  // of what it states now, and those that read what they make, in dependency order. InvalidArgument
  // if the policies form a cycle, or `rows` has an id twice. `store` must outlive this.
  static absl::StatusOr<Preview> Of(Store& store, const std::vector<ReconcilerBody>& policies,
                                    std::string_view source, const TypeRef& type, Rows rows);

  // All rows of T as they would be.
  template <class T>
  All<T> Read() {
    return All<T>(After({.ns = std::string(T::kNamespace), .type = std::string(T::kType)}));
  }

  // Every row that would be created, changed or gone; by kind, then by id.
  std::vector<RowChange> Changes();

  // "NAME: MESSAGE" of policies that would fail. Their rows stay, as do those of policies that wait
  // for what is not there yet.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  explicit Preview(Store& store) : store_(&store) {}
  absl::Status State(std::string_view owner, const Kind& kind, Rows rows);
  absl::Status Run(const ReconcilerBody& policy);
  Snapshot Before(const Kind& kind);
  Snapshot After(const Kind& kind);

  Store* store_;
  std::map<Kind, Snapshot> after_;  // of kinds that would change
  std::vector<std::string> problems_;
};

}  // namespace ichor
