// The two versions of network-config.
#pragma once

#include <span>
#include <string_view>

#include "lib/yaml/node.h"
#include "machined/platform/network_builder.h"
#include "machined/platform/problems.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor {

// `root` is the mapping that has `version`. What makes no sense is a problem and left out.
void ReadNetworkV1(const yml::Node& root, bool hcloud, FileProblems& problems,
                   NetworkBuilder& builder);
void ReadNetworkV2(const yml::Node& root, FileProblems& problems, NetworkBuilder& builder);

// Sets what a bond is like by the words that its driver has for it.
struct BondWord {
  std::string_view key;    // in the file
  std::string_view field;  // of the wish
};
void ReadBond(const Fields& parameters, std::span<const BondWord> words,
              talos::resource::definitions::network::BondMasterSpec& bond);

}  // namespace ichor
