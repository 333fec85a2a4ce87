// The firmware's variables in memory.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/sys/volume/efi_variables.h"

namespace ichor::sys {

// For one thread at a time.
class FakeEfiVariables : public EfiVariables {
 public:
  std::map<std::string, std::string> variables;
  bool there = true;
  absl::Status error;  // of each Write

  bool AreThere() override { return there; }
  absl::StatusOr<std::vector<std::string>> List() override;
  absl::StatusOr<std::string> Read(const std::string& name) override;
  absl::Status Write(const std::string& name, std::string_view bytes) override;
};

}  // namespace ichor::sys
