#include "lib/runtime/collection.h"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

#include "absl/log/check.h"
#include "lib/runtime/watcher.h"

namespace ichor {
namespace {

bool IsTearingDown(const ResourcePtr& resource) {
  return resource->metadata.phase == Phase::kTearingDown;
}

}  // namespace

Collection::Collection(std::shared_ptr<const Kind> kind)
    : kind_(std::move(kind)), sorted_(std::make_shared<const std::vector<ResourcePtr>>()) {}

ResourcePtr Collection::Find(std::string_view id) const {
  const auto row = rows_.find(id);
  return row == rows_.end() ? nullptr : row->second;
}

Snapshot Collection::List() {
  Refresh();
  return sorted_;
}

Snapshot Collection::Running() {
  Refresh();
  if (tearing_down_ == 0) {
    return sorted_;
  }
  if (running_ == nullptr) {
    std::vector<ResourcePtr> running;
    running.reserve(sorted_->size() - tearing_down_);
    std::ranges::remove_copy_if(*sorted_, std::back_inserter(running), IsTearingDown);
    running_ = std::make_shared<const std::vector<ResourcePtr>>(std::move(running));
  }
  return running_;
}

void Collection::Put(ResourcePtr resource) {
  if (IsTearingDown(resource)) {
    ++tearing_down_;
  }
  const auto [row, inserted] = rows_.try_emplace(resource->metadata.id, resource);
  if (inserted) {
    Record({.type = Event::Type::kCreated, .resource = std::move(resource), .old = nullptr}, false);
    return;
  }
  // Keys are const, but the new version has an equal id, hence the same hash. It must be the one
  // that stays.
  const_cast<std::string_view&>(row->first) = resource->metadata.id;
  ResourcePtr old = std::exchange(row->second, resource);
  if (IsTearingDown(old)) {
    --tearing_down_;
  }
  Record({.type = Event::Type::kUpdated, .resource = std::move(resource), .old = std::move(old)},
         false);
}

void Collection::Erase(std::string_view id) {
  const auto row = rows_.find(id);
  CHECK(row != rows_.end()) << ToString(*kind_) << ": no row " << std::string(id);
  ResourcePtr last = std::move(row->second);
  rows_.erase(row);
  if (IsTearingDown(last)) {
    --tearing_down_;
  }
  Record({.type = Event::Type::kDestroyed, .resource = std::move(last), .old = nullptr}, true);
}

void Collection::Attach(Watcher& watcher) {
  watchers_.push_back(&watcher);
}

void Collection::Detach(Watcher& watcher) {
  std::erase(watchers_, &watcher);
}

void Collection::Record(Event event, bool erased) {
  // Beyond a quarter of the rows, sorting anew is as cheap as merging, and needs no list of
  // changes.
  if (!too_many_changes_) {
    changes_.push_back({.resource = event.resource, .erased = erased});
    too_many_changes_ = changes_.size() > 64 + rows_.size() / 4;
  }
  if (too_many_changes_) {
    changes_ = {};
  }
  running_ = nullptr;
  log_.Append(std::move(event));
  for (Watcher* watcher : watchers_) {
    watcher->OnEvent(log_.At(log_.next() - 1));
  }
}

void Collection::Refresh() {
  if (changes_.empty() && !too_many_changes_) {
    return;
  }
  std::vector<ResourcePtr> sorted;
  sorted.reserve(rows_.size());
  if (too_many_changes_) {
    SortAnew(sorted);
  } else {
    MergeChanges(sorted);
  }
  sorted_ = std::make_shared<const std::vector<ResourcePtr>>(std::move(sorted));
  changes_.clear();
  too_many_changes_ = false;
}

void Collection::SortAnew(std::vector<ResourcePtr>& sorted) const {
  std::ranges::copy(rows_ | std::views::values, std::back_inserter(sorted));
  std::ranges::sort(sorted, {}, [](const ResourcePtr& resource) -> std::string_view {
    return resource->metadata.id;
  });
}

void Collection::MergeChanges(std::vector<ResourcePtr>& sorted) {
  const auto id_of = [](const Change& change) -> std::string_view {
    return change.resource->metadata.id;
  };
  std::ranges::stable_sort(changes_, {}, id_of);
  auto old = sorted_->begin();
  for (auto change = changes_.begin(); change != changes_.end(); ++change) {
    if (std::next(change) != changes_.end() && id_of(*std::next(change)) == id_of(*change)) {
      continue;  // a later change of the same row follows
    }
    while (old != sorted_->end() && (*old)->metadata.id < id_of(*change)) {
      sorted.push_back(*old++);
    }
    if (old != sorted_->end() && (*old)->metadata.id == id_of(*change)) {
      ++old;
    }
    if (!change->erased) {
      sorted.push_back(change->resource);
    }
  }
  sorted.insert(sorted.end(), old, sorted_->end());
}

}  // namespace ichor
