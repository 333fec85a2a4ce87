// What a platform says about the network of the machine, in the forms that there are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

// All wishes are of layer platform.
struct PlatformReading {
  network::PlatformConfig::Spec config;
  std::vector<std::string> problems;  // of what is left out, with file, place, key and value
};

// The resource itself in YAML, as META 0x0a has it: see lib/resource/yaml.h. What follows from the
// rest may be left out: families, types, tables. InvalidArgument with the place, key and value of
// what is wrong.
absl::StatusOr<network::PlatformConfig::Spec> ReadPlatformConfig(std::string_view text);

// The network-config of nocloud, version 1 or 2. Cards are told by hardware addresses, as far as
// `links` are known; one that nobody has is a problem, and its name counts.
PlatformReading ReadNocloudNetwork(std::string_view text, const All<network::LinkStatus>& links);

// The same of hcloud, which is version 1 with nothing but cards.
PlatformReading ReadHcloudNetwork(std::string_view text, const All<network::LinkStatus>& links);

}  // namespace ichor
