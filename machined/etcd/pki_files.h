// The certificates of etcd, as files.
#pragma once

#include <cstdint>
#include <string>

#include "lib/runtime/rows.h"
#include "machined/etcd/places.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// Writes them into `directory` for `owner`, and says so in the row "etcd"; removes them, and says
// nothing, where there are no secrets. Blocks.
Report<etcd::PKIStatus> WriteEtcdPki(const All<secrets::EtcdRootSecret>& roots,
                                     const All<secrets::EtcdSecret>& certificates,
                                     const std::string& directory, std::uint32_t owner);

}  // namespace ichor
