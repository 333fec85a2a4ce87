// META: found on the system disk, read, written when asked.
#pragma once

#include <memory>

#include "machined/meta/store.h"

namespace ichor {

// Registers META's source, and what looks for the partition. The caller keeps the answer as long as
// the runtime runs.
std::unique_ptr<MetaStore> RegisterMeta(const MetaContext& context);

}  // namespace ichor
