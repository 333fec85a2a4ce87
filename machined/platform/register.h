// The platform room: wiring.
#pragma once

#include "lib/base/clock.h"
#include "lib/runtime/executor.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/worker_pool.h"
#include "lib/sys/file_systems.h"
#include "machined/platform/platform_source.h"
#include "machined/sources/source_reader.h"

namespace ichor {

// What fetches, with what it reads by. Media that hang, hang a worker of its own.
class PlatformRoom {
 public:
  struct Parts {  // all outlive the room; `file_systems`, the process
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    sys::FileSystems& file_systems;
    Executor& worker;  // for STATE
  };

  // Registers what the platform says as resources too.
  explicit PlatformRoom(const Parts& parts);

  // To be called after each settle; cheap.
  void OnSettled() { source_.OnSettled(); }

 private:
  WorkerPool media_{1};
  SourceReader reader_;
  PlatformSource source_;
};

}  // namespace ichor
