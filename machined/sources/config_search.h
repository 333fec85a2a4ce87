// The search for a first config, put together.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/worker_pool.h"
#include "lib/sys/file_systems.h"
#include "machined/config/apply_request.h"
#include "machined/sources/seeker.h"
#include "machined/sources/source_reader.h"

namespace ichor {

// The search with what it reads by. Media that hang, hang a worker of its own.
class ConfigSearch {
 public:
  struct Parts {  // all outlive the search; `file_systems`, the process
    Runtime& runtime;
    Loop& loop;
    const base::Clock& clock;
    sys::FileSystems& file_systems;
    ConfigControl& config;
    std::function<void(const std::string& error)> on_error;
  };

  explicit ConfigSearch(const Parts& parts);

  // To be called after each settle; cheap.
  void OnSettled() { seeker_.OnSettled(); }

 private:
  WorkerPool worker_{1};
  SourceReader reader_;
  ConfigSeeker seeker_;
};

}  // namespace ichor
