// What goes into and comes out of a reconciler, in tests.
#pragma once

#include <algorithm>
#include <concepts>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/resource/text.h"
#include "lib/runtime/rows.h"

namespace ichor {

// A row of a test: its spec as a message, or in protobuf's text format.
template <class T>
struct GivenRow {
  GivenRow(std::string id, typename T::Spec spec) : id(std::move(id)), spec(std::move(spec)) {}
  template <std::convertible_to<std::string> Written>
  GivenRow(std::string id, const Written& text) : id(std::move(id)), spec(Text(text)) {}

  std::string id;
  typename T::Spec spec;
};

// The snapshot that consists of these rows.
template <class T>
All<T> AllOf(std::vector<GivenRow<T>> rows) {
  std::ranges::sort(rows, {}, &GivenRow<T>::id);
  std::vector<ResourcePtr> resources;
  for (GivenRow<T>& row : rows) {
    Resource resource;
    resource.metadata.id = row.id;
    resource.spec = SpecData::Of(std::make_unique<const typename T::Spec>(std::move(row.spec)));
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

}  // namespace ichor
