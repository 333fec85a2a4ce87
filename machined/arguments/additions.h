// What a slot's kernel is given beside the arguments of its image, as the loaders read it: an addon
// of systemd-stub (a PE program whose section .cmdline holds them, systemd-stub(7)) and a script
// that sets variables for GRUB. Both have room for more, so that they keep their size.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor {

// The addon with `arguments` behind those that it has; what it has already is not added again.
// InvalidArgument if it is no such program, ResourceExhausted if it has no room for them.
absl::StatusOr<std::string> AddToAddon(std::string_view addon,
                                       const std::vector<std::string>& arguments);

// The same for the line `set ichor_additions="…"` of GRUB's variables, which newlines follow up to
// the size of the file.
absl::StatusOr<std::string> AddToVariables(std::string_view script,
                                           const std::vector<std::string>& arguments);

}  // namespace ichor
