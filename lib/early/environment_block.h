// GRUB's environment block: a file of one KiB, or as many bytes of a partition, with variables for
// its configuration. A line "# GRUB Environment Block", lines "name=value", then '#' to the end.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace ichor::early {

inline constexpr std::size_t kEnvironmentBytes = 1024;
using EnvironmentBlock = std::array<char, kEnvironmentBytes>;

// Whether the bytes are such a block: of this size, with its first line.
bool IsEnvironment(std::span<const char> block);

// The value of a variable, as part of the block; empty if there is none. Escapes are not resolved:
// our values have none.
std::optional<std::string_view> GetVariable(const EnvironmentBlock& block, std::string_view name);

// Sets a variable, or removes it if `value` is empty. Others stay as they are, in their order.
// False, and nothing is changed, if there is no room. What is set comes last, so that as long as
// all fits into one sector, a write that is torn between sectors does not matter.
bool SetVariable(EnvironmentBlock& block, std::string_view name, std::string_view value);

}  // namespace ichor::early
