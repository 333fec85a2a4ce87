// Command lines of the programs of a cluster: what we say, and what the config adds.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor {

// Values by flag, without dashes; a flag with several values is given several times.
using Arguments = std::map<std::string, std::vector<std::string>>;

// What becomes of a flag that the config gives too. Others are the config's then.
struct MergeRule {
  enum class Kind : std::uint8_t {
    kAdditive,  // lists with commas between: the config's follow ours, each once
    kDenied,
  };

  std::string_view flag;  // "v"; with "*" at its end all that begin so
  Kind kind = Kind::kDenied;
};

// Ours with the config's. InvalidArgument `extra arg "x" is not allowed` for a denied flag.
absl::StatusOr<Arguments> MergeArguments(Arguments ours, const Arguments& extra,
                                         std::span<const MergeRule> rules);

// "--flag=value", sorted by flag.
std::vector<std::string> ToFlags(const Arguments& arguments);

// Of a message's map of values.
template <class Map>
Arguments ArgumentsOf(const Map& map) {
  Arguments arguments;
  for (const auto& [flag, given] : map) {
    arguments[std::string(flag)] = {given.values().begin(), given.values().end()};
  }
  return arguments;
}

// The minor version of Kubernetes 1.x that an image's tag names: "x/y:v1.36.2-slim" gives 36. The
// default version's for a tag that names none.
std::uint32_t KubernetesMinor(std::string_view image);

// The tag of an image: "v1.36.2". Empty if it has none.
std::string_view TagOf(std::string_view image);

}  // namespace ichor
