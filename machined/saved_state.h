// What one machined leaves for the next, which goes on where it ended.
#pragma once

#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/runtime/checkpoint.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/store.h"
#include "machined/events/event_bus.h"

namespace ichor::machined {

// Rows of some kinds, and the events. Loop's thread only.
class SavedState {
 public:
  struct Parts {  // all outlive it
    Store& store;
    events::EventBus& events;
    Loop& loop;
    const base::Clock& clock;
    Executor& worker;       // writes, which waits for the disk
    std::string directory;  // in memory: it is gone with the boot
  };

  SavedState(Parts parts, std::vector<Kind> kinds);

  // Takes what there is. False if that is nothing: the boot has just begun.
  bool Load();

  // Saves within a second, if anything is another one by then.
  void SaveSoon();
  void Save();

 private:
  const Parts parts_;
  const CheckpointOptions options_;
  const std::string history_;  // the file of the events
  bool scheduled_ = false;
  std::string saved_;  // all of it, as it was last
};

}  // namespace ichor::machined
