#include "machined/sources/config_search.h"

namespace ichor {

ConfigSearch::ConfigSearch(const Parts& parts)
    : reader_({.loop = parts.loop,
               .worker = worker_,
               .file_systems = parts.file_systems,
               .new_client = [&loop = parts.loop,
                              &clock = parts.clock] { return http::Client::Create(loop, clock); }}),
      seeker_({.runtime = parts.runtime,
               .loop = parts.loop,
               .clock = parts.clock,
               .reader = reader_,
               .config = parts.config,
               .on_error = parts.on_error}) {}

}  // namespace ichor
