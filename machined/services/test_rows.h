// Snapshots for tests of this room's policy.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/runtime/rows.h"

namespace ichor {

// A snapshot of these rows, which are in order of their ids.
template <class T>
All<T> Snapshots(std::initializer_list<std::pair<std::string, typename T::Spec>> rows) {
  std::vector<ResourcePtr> resources;
  for (const auto& [id, spec] : rows) {
    Resource resource;
    resource.metadata.id = id;
    resource.spec = SpecData::Of(std::make_unique<const typename T::Spec>(spec));
    resources.push_back(std::make_shared<const Resource>(std::move(resource)));
  }
  return All<T>(std::make_shared<const std::vector<ResourcePtr>>(std::move(resources)));
}

}  // namespace ichor
