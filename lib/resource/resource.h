// A resource: metadata and spec. Snapshots of it are immutable and shared.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/resource/metadata.h"
#include "lib/resource/spec.h"

namespace ichor {

struct Resource {
  Metadata metadata;
  SpecPtr spec;  // never null
};

// One version of a resource. A resource that did not change keeps its pointer.
using ResourcePtr = std::shared_ptr<const Resource>;

// All resources of one kind at one moment, sorted by id. Shared: an unchanged kind keeps its
// snapshot. Never null.
using Snapshot = std::shared_ptr<const std::vector<ResourcePtr>>;

}  // namespace ichor
