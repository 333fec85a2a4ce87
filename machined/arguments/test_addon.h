// An addon of systemd-stub, as small as they get, for tests.
#pragma once

#include <string>
#include <string_view>

namespace ichor {

inline constexpr std::size_t kTestAddonRoom = 32;  // bytes for words

// A PE program with the sections .text, empty, and .cmdline, which holds `words`: at most as many
// as there is room for. Nobody can run it.
std::string TestAddon(std::string_view words);

}  // namespace ichor
