// Values in memory.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/sys/kernel_values.h"

namespace ichor::sys {

// Used by one thread at a time.
class FakeKernelValues : public KernelValues {
 public:
  absl::StatusOr<std::string> Read(const std::string& path) override;
  absl::Status Write(const std::string& path, const std::string& value) override;

  std::map<std::string, std::string> values;  // by path
  std::set<std::string> refused;              // paths that take no value
  std::vector<std::string> written;           // paths, in order
};

}  // namespace ichor::sys
