// Variables of the UEFI firmware (UEFI specification 2.10, chapter 8.2), of its own namespace:
// BootOrder and the like.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

// Everything blocks while the firmware works.
class EfiVariables {
 public:
  virtual ~EfiVariables() = default;

  // Whether the machine was started by UEFI, and its variables can be had.
  virtual bool AreThere() = 0;

  // Names of the variables, in no order.
  virtual absl::StatusOr<std::vector<std::string>> List() = 0;

  // The bytes of a variable. NotFound if there is none.
  virtual absl::StatusOr<std::string> Read(const std::string& name) = 0;

  // Makes or replaces a variable that is kept when the machine is off. Errors are the firmware's:
  // its memory may be full.
  virtual absl::Status Write(const std::string& name, std::string_view bytes) = 0;
};

}  // namespace ichor::sys
