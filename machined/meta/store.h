// What the node keeps in META.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/block_devices.h"
#include "machined/meta/codec.h"

namespace ichor {

// All must outlive the store; `devices`, the process.
struct MetaContext {
  Runtime& runtime;
  Loop& loop;
  Executor& executor;
  sys::BlockDevices& devices;
};

// The source of MetaKey and MetaLoad rows, and the one writer of META. Until the partition is found
// values are kept in memory; then they are written to it, and win over what it holds. Nothing is
// written that nobody asked for. On the loop's thread.
class MetaStore {
 public:
  using Done = absl::AnyInvocable<void(absl::Status)>;

  explicit MetaStore(const MetaContext& context);
  MetaStore(const MetaStore&) = delete;
  MetaStore& operator=(const MetaStore&) = delete;

  // Sets the value of `key`, or with none removes it. `done` is called on the loop once both copies
  // are on the disk; at once if META is not known yet. Its errors: InvalidArgument for key 0,
  // NotFound for the removal of what is not there, ResourceExhausted if META is full, the disk's.
  // After an error of the disk the old value stays here, and the disk holds either.
  void Write(std::uint8_t key, std::string value, Done done);
  void Delete(std::uint8_t key, Done done);

  // What Write has set, or the partition holds; a value under way does not count.
  std::optional<std::string> Get(std::uint8_t key) const;

  // The partition at `dev_path` was found and begins with these bytes: from now on it is META.
  // Later calls change nothing.
  void OnFound(const std::string& dev_path, std::string_view copies);

  // All disks were looked at, and there is no META.
  void OnMissing();

  // It is there, and cannot be read now: said by a MetaLoad that is not done, so that nobody who
  // can do without waits for it.
  void OnUnreadable();

  bool loaded() const { return !dev_path_.empty(); }
  // For those who call from elsewhere through the loop, and may outlive this.
  std::weak_ptr<MetaStore*> weak() const { return self_; }

 private:
  struct Change {
    std::uint32_t tag = 0;
    std::optional<std::string> value;  // absent: the tag is removed
    Done done;
  };

  void Add(Change change);
  void Flush();
  void OnWritten(MetaTags tags, std::vector<Change> changes, const absl::Status& status);
  void Publish();

  const MetaContext context_;
  const std::shared_ptr<MetaStore*> self_ = std::make_shared<MetaStore*>(this);
  std::string dev_path_;         // empty: in memory
  MetaTags tags_;                // on the disk, or while there is none, in memory
  std::vector<Change> changes_;  // that wait to be written
  std::vector<Change> early_;    // made in memory, to be written once META is there
  bool writing_ = false;
  bool done_ = false;
  bool unreadable_ = false;
};

}  // namespace ichor
