// Snapshots for tests of policies.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/resource/text.h"
#include "lib/runtime/rows.h"

namespace ichor::networkd {

// The rows with these ids and specs, in protobuf's text format.
template <class T>
All<T> Snap(std::vector<std::pair<std::string, std::string>> rows) {
  std::ranges::sort(rows);
  std::vector<ResourcePtr> resources;
  for (const auto& [id, text] : rows) {
    Resource resource;
    resource.metadata.id = id;
    const typename T::Spec spec = Text(text);
    resource.spec = SpecData::Of(std::make_unique<const typename T::Spec>(spec));
    resources.push_back(std::make_shared<const Resource>(std::move(resource)));
  }
  return All<T>(std::make_shared<const std::vector<ResourcePtr>>(std::move(resources)));
}

// The rows of a controller's answer.
template <class T>
All<T> Stated(Desired<T> desired) {
  std::vector<ResourcePtr> resources;
  Rows rows = std::move(desired).Take();
  std::ranges::sort(rows, {}, &DesiredRow::id);
  for (const DesiredRow& row : rows) {
    Resource resource;
    resource.metadata.id = row.id;
    resource.spec = row.spec;
    resources.push_back(std::make_shared<const Resource>(std::move(resource)));
  }
  return All<T>(std::make_shared<const std::vector<ResourcePtr>>(std::move(resources)));
}

// The ids, with spaces between.
template <class T>
std::string Ids(const All<T>& rows) {
  std::string ids;
  for (const auto& row : rows) {
    ids += (ids.empty() ? "" : " ") + row.id();
  }
  return ids;
}

}  // namespace ichor::networkd
