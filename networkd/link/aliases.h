// Gives links the aliases that the config says (IFLA_IFALIAS).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/runtime/rows.h"
#include "lib/sys/virtual_links.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor::networkd {

struct AliasStep {
  std::uint32_t index = 0;
  std::string alias;  // empty: none
};

// What `given` by index is no longer said is taken back, if the link still has it; what somebody
// else called a link stays unless the config has another name for it.
std::vector<AliasStep> PlanAliases(const All<network::LinkAliasSpec>& desired,
                                   const All<network::LinkStatus>& observed,
                                   const std::map<std::uint32_t, std::string>& given);

// Remembers what it gave, since an alias has no place for a mark: what an earlier run of networkd
// gave stays until the link goes.
class LinkAliases {
 public:
  // Does what is planned; the first error stands for all. Not to be called twice at once; blocks
  // for some round trips.
  absl::Status Apply(const All<network::LinkAliasSpec>& desired,
                     const All<network::LinkStatus>& observed, sys::VirtualLinks& links);

 private:
  std::map<std::uint32_t, std::string> given_;  // by index
};

}  // namespace ichor::networkd
