// What is wrong with a config, or odd about it, and where.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/yaml/node.h"

namespace ichor::yml {

struct Finding {
  enum class Severity : std::uint8_t { kError, kWarning };

  Severity severity = Severity::kError;
  std::string file{};  // may be empty: the config comes from no file
  Place place{};
  std::string path{};     // "machine.network.interfaces[0].dhcp"; with the document in front of it
                          // if it is not the first form: "LinkConfig eth0: addresses[0].address"
  std::string message{};  // what is wrong
  std::string fix{};      // what to do about it; may be empty
};

using Findings = std::vector<Finding>;

// "n1.yaml:14:5: machine.network.interfaces[0].dchp: unknown key (did you mean "dhcp"?)". A warning
// has "warning: " before its message, a fix stands in brackets at the end.
std::string ToString(const Finding& finding);

// Whether any of them is an error.
bool HasErrors(std::span<const Finding> findings);

// OK without errors, else InvalidArgument with all errors, one a line.
absl::Status ToStatus(std::span<const Finding> findings);

}  // namespace ichor::yml
