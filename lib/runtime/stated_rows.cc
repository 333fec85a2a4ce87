#include "lib/runtime/stated_rows.h"

#include <algorithm>
#include <format>
#include <utility>

#include "absl/log/check.h"
#include "lib/base/status.h"

namespace ichor {
namespace {

// The writes of this file break no rule of the store: the loop owns both, and the row was looked at
// just now.
void MustSucceed(const absl::Status& status) {
  CHECK(status.ok()) << status;
}

}  // namespace

StatedRows::StatedRows(Store& store, const Kind& kind)
    : store_(store), collection_(store.CollectionOf(kind.ns, kind.type)) {}

void StatedRows::AddWriter(std::string_view owner) {
  parts_.try_emplace(std::string(owner));
}

std::vector<std::string> StatedRows::writers() const {
  std::vector<std::string> writers;
  writers.reserve(parts_.size());
  for (const auto& [owner, part] : parts_) {
    writers.push_back(owner);
  }
  return writers;
}

bool StatedRows::complete() const {
  return !parts_.empty() &&
         std::ranges::all_of(parts_, [](const auto& part) { return part.second.stated; });
}

absl::Status StatedRows::State(std::string_view owner, Rows rows) {
  const auto part = parts_.find(owner);
  CHECK(part != parts_.end()) << std::string(owner) << " is no writer of "
                              << ToString(*collection_.kind());
  RETURN_IF_ERROR(SortRows(rows));
  part->second = {.stated = true, .rows = std::move(rows)};
  absl::Status conflict;
  Apply(Union(conflict, owner), conflict, owner);
  return conflict;
}

void StatedRows::Retry() {
  if (blocked_ && collection_.generation() != generation_) {
    absl::Status ignored;  // the owner was told when it stated the row
    Apply(Union(ignored, {}), ignored, {});
  }
}

// All wishes, sorted by id; of several for one id, the one of the first owner.
std::vector<StatedRows::Wish> StatedRows::Union(absl::Status& conflict, std::string_view speaker) {
  std::vector<Wish> wishes;
  for (auto& [owner, part] : parts_) {
    wishes.reserve(wishes.size() + part.rows.size());
    for (DesiredRow& row : part.rows) {
      wishes.push_back({.row = &row, .owner = &owner});
    }
  }
  if (parts_.size() == 1) {
    return wishes;
  }
  const auto id_of = [](const Wish& wish) -> const std::string& { return wish.row->id; };
  std::ranges::stable_sort(wishes, {}, id_of);  // stable: owners stay in order
  const auto same_row = [&](const Wish& first, const Wish& later) {
    if (id_of(first) != id_of(later)) {
      return false;
    }
    if (*later.owner == speaker || *first.owner == speaker) {
      conflict.Update(absl::AlreadyExistsError(std::format(
          "row \"{}\" is stated by \"{}\" and \"{}\"", id_of(first), *first.owner, *later.owner)));
    }
    return true;
  };
  const auto twins = std::ranges::unique(wishes, same_row);
  wishes.erase(twins.begin(), twins.end());
  return wishes;
}

void StatedRows::Apply(const std::vector<Wish>& wishes, absl::Status& conflict,
                       std::string_view speaker) {
  blocked_ = false;
  const Snapshot current = collection_.List();
  auto row = current->begin();
  for (const Wish& wish : wishes) {
    for (; row != current->end() && (*row)->metadata.id < wish.row->id; ++row) {
      Collect(**row);
    }
    if (row == current->end() || (*row)->metadata.id != wish.row->id) {
      Create(wish);
      continue;
    }
    if (!Reconcile(**row, wish) && *wish.owner == speaker) {
      conflict.Update(absl::AlreadyExistsError(
          std::format("row \"{}\" is held by \"{}\"", wish.row->id, (*row)->metadata.owner)));
    }
    ++row;
  }
  for (; row != current->end(); ++row) {
    Collect(**row);
  }
  generation_ = collection_.generation();
}

// Makes `current` what is wished. False if a stranger owns it.
bool StatedRows::Reconcile(const Resource& current, const Wish& wish) {
  const Metadata& metadata = current.metadata;
  const bool tearing_down = metadata.phase == Phase::kTearingDown;
  if (metadata.owner == *wish.owner && !tearing_down) {
    Update(current, *wish.row);
    return true;
  }
  if (metadata.owner != *wish.owner && !IsOurs(current)) {
    blocked_ = true;
    return false;
  }
  // It changes hands, or returns from the dead: a new resource, as soon as the old one is gone.
  Collect(current);
  if (collection_.Find(wish.row->id) == nullptr) {
    Create(wish);
  }
  return true;
}

// Ends a row of ours that nobody states.
void StatedRows::Collect(const Resource& current) {
  const Metadata& metadata = current.metadata;
  if (!IsOurs(current)) {
    return;
  }
  const Kind& kind = *collection_.kind();
  if (metadata.finalizers.empty()) {
    MustSucceed(store_.Destroy(kind.ns, kind.type, metadata.id, metadata.owner));
    return;
  }
  blocked_ = true;
  MustSucceed(store_.Teardown(kind.ns, kind.type, metadata.id, metadata.owner).status());
}

void StatedRows::Create(const Wish& wish) {
  Resource draft;
  draft.metadata.kind = collection_.kind();
  draft.metadata.id = wish.row->id;
  draft.metadata.labels = wish.row->labels;
  draft.metadata.annotations = wish.row->annotations;
  draft.spec = wish.row->spec;
  MustSucceed(store_.Create(std::move(draft), *wish.owner).status());
}

void StatedRows::Update(const Resource& current, DesiredRow& row) {
  if (*current.spec == *row.spec && current.metadata.labels == row.labels &&
      current.metadata.annotations == row.annotations) {
    row.spec = current.spec;  // one copy of it in memory, not two
    return;
  }
  Resource draft = current;
  draft.metadata.labels = row.labels;
  draft.metadata.annotations = row.annotations;
  draft.spec = row.spec;
  MustSucceed(store_.Update(std::move(draft), current.metadata.owner, std::nullopt).status());
}

// Whether a writer that has stated its part owns it. What a checkpoint brought back waits for its
// owner to speak.
bool StatedRows::IsOurs(const Resource& resource) const {
  const auto part = parts_.find(resource.metadata.owner);
  return part != parts_.end() && part->second.stated;
}

}  // namespace ichor
