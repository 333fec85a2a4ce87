// For which version of the config language something is written.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"

namespace ichor::pki {

// A version 1.N of the language, which Talos Linux's version numbers count.
struct Contract {
  static constexpr int kCurrentMinor = 14;

  int minor = kCurrentMinor;

  // Whether this is 1.`first_minor` or later.
  bool Has(int first_minor) const { return minor >= first_minor; }
};

// Of a version such as "v1.5.3", "1.14" or "v1.11.0-beta.1"; the current one if it is empty.
// InvalidArgument for other text and for versions later than the current one.
absl::StatusOr<Contract> ContractOf(std::string_view version);

}  // namespace ichor::pki
