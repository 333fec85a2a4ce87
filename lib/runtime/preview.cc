#include "lib/runtime/preview.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <memory>
#include <utility>

#include "lib/base/status.h"
#include "lib/runtime/graph.h"

namespace ichor {
namespace {

constexpr auto kIdOf = [](const ResourcePtr& row) -> const std::string& {
  return row->metadata.id;
};

const ResourcePtr* FindRow(const Snapshot& rows, const std::string& id) {
  const auto found = std::ranges::lower_bound(*rows, id, {}, kIdOf);
  return found != rows->end() && kIdOf(*found) == id ? &*found : nullptr;
}

bool Says(const Resource& row, const DesiredRow& wish) {
  return *row.spec == *wish.spec && row.metadata.labels == wish.labels &&
         row.metadata.annotations == wish.annotations;
}

ResourcePtr Draft(std::string_view owner, const Kind& kind, DesiredRow wish) {
  Resource row;
  row.metadata.kind = std::make_shared<const Kind>(kind);
  row.metadata.id = std::move(wish.id);
  row.metadata.owner = owner;
  row.metadata.labels = std::move(wish.labels);
  row.metadata.annotations = std::move(wish.annotations);
  row.spec = std::move(wish.spec);
  return std::make_shared<const Resource>(std::move(row));
}

}  // namespace

absl::StatusOr<Preview> Preview::Of(Store& store, const std::vector<ReconcilerBody>& policies,
                                    std::string_view source, const TypeRef& type, Rows rows) {
  std::vector<Node> nodes;
  nodes.reserve(policies.size());
  for (const ReconcilerBody& policy : policies) {
    nodes.push_back({.name = policy.name,
                     .kind = ControllerKind::kReconciler,
                     .inputs = policy.inputs,
                     .outputs = policy.outputs});
  }
  ASSIGN_OR_RETURN(const std::vector<size_t> order, DependencyOrder(nodes));
  Preview preview(store);
  RETURN_IF_ERROR(preview.State(source, type.kind, std::move(rows)));
  for (const size_t index : order) {
    if (const absl::Status status = preview.Run(policies[index]);
        !status.ok() && !absl::IsUnavailable(status)) {
      preview.problems_.push_back(
          std::format("{}: {}", policies[index].name, base::MessageOf(status)));
    }
  }
  return preview;
}

// A row that another owner holds stays that one's, as in the state.
absl::Status Preview::State(std::string_view owner, const Kind& kind, Rows rows) {
  RETURN_IF_ERROR(SortRows(rows));
  const Snapshot now = After(kind);
  std::vector<ResourcePtr> next;
  next.reserve(now->size() + rows.size());
  std::ranges::copy_if(*now, std::back_inserter(next),
                       [owner](const ResourcePtr& row) { return row->metadata.owner != owner; });
  for (DesiredRow& wish : rows) {
    const ResourcePtr* const row = FindRow(now, wish.id);
    if (row == nullptr) {
      next.push_back(Draft(owner, kind, std::move(wish)));
    } else if ((*row)->metadata.owner == owner) {
      next.push_back(Says(**row, wish) ? *row : Draft(owner, kind, std::move(wish)));
    }
  }
  std::ranges::sort(next, {}, kIdOf);
  if (next != *now) {
    after_[kind] = std::make_shared<const std::vector<ResourcePtr>>(std::move(next));
  }
  return absl::OkStatus();
}

absl::Status Preview::Run(const ReconcilerBody& policy) {
  if (std::ranges::none_of(policy.inputs,
                           [this](const TypeRef& input) { return after_.contains(input.kind); })) {
    return absl::OkStatus();
  }
  Inputs inputs;
  inputs.reserve(policy.inputs.size());
  for (const TypeRef& input : policy.inputs) {
    inputs.push_back(After(input.kind));
  }
  ASSIGN_OR_RETURN(std::vector<Rows> outputs, policy.run(inputs));
  for (size_t i = 0; i < outputs.size(); ++i) {
    RETURN_IF_ERROR(State(policy.name, policy.outputs[i].kind, std::move(outputs[i])));
  }
  return absl::OkStatus();
}

std::vector<RowChange> Preview::Changes() {
  std::vector<RowChange> changes;
  for (const auto& [kind, after] : after_) {
    const Snapshot before = Before(kind);
    for (const ResourcePtr& row : *before) {
      const ResourcePtr* const other = FindRow(after, kIdOf(row));
      if (other == nullptr) {
        changes.push_back({.before = row, .after = nullptr});
      } else if (*other != row) {
        changes.push_back({.before = row, .after = *other});
      }
    }
    for (const ResourcePtr& row : *after) {
      if (FindRow(before, kIdOf(row)) == nullptr) {
        changes.push_back({.before = nullptr, .after = row});
      }
    }
  }
  return changes;
}

Snapshot Preview::Before(const Kind& kind) {
  return store_->CollectionOf(kind.ns, kind.type).Running();
}

Snapshot Preview::After(const Kind& kind) {
  const auto found = after_.find(kind);
  return found == after_.end() ? Before(kind) : found->second;
}

}  // namespace ichor
