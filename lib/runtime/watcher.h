// A position in the events of one kind, and what to do with them: the receiving end of a watch.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/resource/resource.h"
#include "lib/runtime/collection.h"
#include "lib/runtime/query.h"

namespace ichor {

// What a watch delivers. `kBootstrapped` ends the initial contents, `kNoop` only carries a
// bookmark.
struct WatchEvent {
  enum class Type : std::uint8_t { kCreated, kUpdated, kDestroyed, kBootstrapped, kNoop };
  Type type = Type::kNoop;
  ResourcePtr resource;  // null for kBootstrapped, kNoop, and kDestroyed of a row that never was
  ResourcePtr old;       // kUpdated only
  std::optional<std::int64_t>
      position;  // where to continue after this event; absent: it cannot be a place to resume
};

struct WatchOptions {
  std::optional<std::string> id;  // one resource; no query, no bootstrap contents then
  Query query;
  bool bootstrap_contents = false;     // first all resources that there are, then kBootstrapped
  bool bootstrap_bookmark = false;     // then kNoop with a bookmark
  std::int64_t tail_events = 0;        // begin with so many past events; not with the next
  std::optional<std::int64_t> resume;  // continue after this position, which a WatchEvent gave
};

// Keeps no queue: it reads the collection's log, so that a slow reader costs no memory. One that
// falls behind by more than the log holds gets an error. Confined to the loop's thread. Must not
// outlive the collection.
class Watcher {
 public:
  // FailedPrecondition if `options.resume` is not in the log any more, or never was.
  // `on_ready` is called when events came after Next said there are none; it must not attach or
  // detach watchers, nor write.
  static absl::StatusOr<std::unique_ptr<Watcher>> Create(Collection& collection,
                                                         WatchOptions options,
                                                         std::function<void()> on_ready);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // The next events, at most `limit`; none if there are none now. ResourceExhausted, from then on,
  // if the reader was too slow and events were lost.
  absl::StatusOr<std::vector<WatchEvent>> Next(size_t limit);

  // For the collection: an event was logged.
  void OnEvent(const Event& event);

 private:
  Watcher(Collection& collection, WatchOptions options, std::function<void()> on_ready);
  absl::Status Start();
  std::int64_t TailStart() const;
  void ReadInitial(std::vector<WatchEvent>& events, size_t limit);
  absl::Status ReadLog(std::vector<WatchEvent>& events, size_t limit);
  std::optional<WatchEvent> Filter(const Event& event) const;

  Collection& collection_;
  const WatchOptions options_;
  const std::function<void()> on_ready_;
  std::vector<WatchEvent> initial_;  // in reverse: what comes before the log, except the contents
  Snapshot contents_;  // initial contents still to deliver from `delivered_` on; null: none
  size_t delivered_ = 0;
  std::int64_t position_ = 0;  // of the next event to read from the log
  bool idle_ = false;          // Next found nothing: the next event must wake the reader
};

}  // namespace ichor
