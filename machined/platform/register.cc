#include "machined/platform/register.h"

#include "lib/http/client.h"
#include "machined/platform/policy.h"

namespace ichor {

PlatformRoom::PlatformRoom(const Parts& parts)
    : reader_({.loop = parts.loop,
               .worker = media_,
               .file_systems = parts.file_systems,
               .new_client = [&loop = parts.loop,
                              &clock = parts.clock] { return http::Client::Create(loop, clock); }}),
      source_({.runtime = parts.runtime,
               .loop = parts.loop,
               .clock = parts.clock,
               .reader = reader_,
               .worker = parts.worker}) {
  parts.runtime.Reconcile("platform.describe-network", DescribePlatformNetwork);
}

}  // namespace ichor
