#include "machined/sources/config_search.h"

#include "machined/sources/download_options.h"

namespace ichor {

ConfigSearch::ConfigSearch(const Parts& parts)
    : reader_({.loop = parts.loop,
               .worker = worker_,
               .file_systems = parts.file_systems,
               .new_client =
                   [&runtime = parts.runtime, &loop = parts.loop, &clock = parts.clock] {
                     return http::Client::Create(loop, clock, DownloadOptionsNow(runtime));
                   }}),
      seeker_({.runtime = parts.runtime,
               .loop = parts.loop,
               .clock = parts.clock,
               .reader = reader_,
               .config = parts.config,
               .on_error = parts.on_error}) {}

}  // namespace ichor
