// The kernel's command line.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ichor::early {

// The longest command line that is looked at; Linux has 2,048 bytes on x86-64 and arm64.
inline constexpr std::size_t kMaxCommandLine = 4096;

// One argument, `key` or `key=value`. A value is without the quotes around it. Both are parts of
// the line.
struct Argument {
  std::string_view key;
  std::string_view value;
  bool has_value = false;
};

// Takes the next argument off the front of `line`; empty when there is none. Arguments are split at
// white space that is not between double quotes, as the kernel does; a quote that does not end
// reaches to the end of the line.
std::optional<Argument> NextArgument(std::string_view& line);

// The value of the last argument `key=…`, as the last one counts; empty if there is none.
std::optional<std::string_view> FindValue(std::string_view line, std::string_view key);

}  // namespace ichor::early
