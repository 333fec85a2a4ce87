// Which fields of the legacy document say what a document of its own says today.
#pragma once

#include <span>
#include <string_view>

namespace ichor::config {

// The two may not be there together.
struct LegacyConflict {
  std::string_view kind;
  std::string_view path;    // in the legacy document
  std::string_view name{};  // of a named kind: only this document; empty: any
};

std::span<const LegacyConflict> AllLegacyConflicts();

}  // namespace ichor::config
