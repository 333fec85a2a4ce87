// From the processes that shall run and those that do, to what is asked of init.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ichor/service.resources.h"
#include "lib/runtime/rows.h"

namespace ichor {

struct ProcessAction {
  enum class Kind : std::uint8_t { kStart, kStop };
  Kind kind = Kind::kStart;
  std::string id;

  bool operator==(const ProcessAction&) const = default;
};

// Starts what is missing and does not wait out a backoff; stops what nobody wants, and what runs
// with other parameters than it shall, which is missing then. A desired process that is provisional
// is only started.
std::vector<ProcessAction> PlanProcesses(const All<services::ProcessSpec>& desired,
                                         const All<services::ProcessStatus>& observed);

}  // namespace ichor
