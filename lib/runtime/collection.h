// The resources of one kind: rows, their sorted snapshot, the log of their changes.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "lib/base/string_hash.h"
#include "lib/resource/resource.h"
#include "lib/runtime/event_log.h"

namespace ichor {

class Watcher;

// Confined to the loop's thread. Holds no rules about who may write: those are the store's.
class Collection {
 public:
  explicit Collection(std::shared_ptr<const Kind> kind);
  Collection(const Collection&) = delete;
  Collection& operator=(const Collection&) = delete;

  const std::shared_ptr<const Kind>& kind() const { return kind_; }
  const EventLog& log() const { return log_; }
  size_t size() const { return rows_.size(); }

  // Changes with every write; equal generations mean equal contents.
  std::int64_t generation() const { return log_.next(); }

  // The resource, or null.
  ResourcePtr Find(std::string_view id) const;

  // All resources, sorted by id. Costs nothing if nothing changed since the last call, else one
  // pass over the rows.
  Snapshot List();

  // The resources that are not being torn down, sorted by id: what controllers see. Costs as List
  // does.
  Snapshot Running();

  // Makes `resource` the current version of its id, and logs and announces the event.
  void Put(ResourcePtr resource);

  // Removes the row `id`, which must exist, and logs and announces the event.
  void Erase(std::string_view id);

  // A watcher is told of each event from Attach to Detach. Not to be called while one is being
  // told.
  void Attach(Watcher& watcher);
  void Detach(Watcher& watcher);
  bool watched() const { return !watchers_.empty(); }

 private:
  // A row that differs from `sorted_`, which is brought up to date when somebody asks.
  struct Change {
    ResourcePtr resource;
    bool erased;
  };

  void Record(Event event, bool erased);
  void Refresh();
  void SortAnew(std::vector<ResourcePtr>& sorted) const;
  void MergeChanges(std::vector<ResourcePtr>& sorted);

  std::shared_ptr<const Kind> kind_;
  // By id; the views point into the rows themselves, so that a look-up need not read a row to
  // compare.
  absl::flat_hash_map<std::string_view, ResourcePtr, base::StringHash> rows_;
  size_t tearing_down_ = 0;
  EventLog log_;
  Snapshot sorted_;
  Snapshot running_;             // null: not asked for since the last change
  std::vector<Change> changes_;  // in order of arrival
  bool too_many_changes_ = false;
  std::vector<Watcher*> watchers_;
};

}  // namespace ichor
