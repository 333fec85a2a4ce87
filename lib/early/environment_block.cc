#include "lib/early/environment_block.h"

#include <algorithm>

#include "lib/early/text.h"

namespace ichor::early {
namespace {

constexpr std::string_view kFirstLine = "# GRUB Environment Block\n";
using Lines = Text<kEnvironmentBytes + 1>;

// The lines of variables, without the first one and what fills up.
std::string_view LinesOf(const EnvironmentBlock& block) {
  const std::string_view all(block.data(), block.size());
  if (!all.starts_with(kFirstLine)) return {};
  std::size_t end = kFirstLine.size();
  while (end < all.size() && all[end] != '#') {
    const std::size_t line = all.find('\n', end);
    if (line == std::string_view::npos) break;
    end = line + 1;
  }
  return Part(all, kFirstLine.size(), end - kFirstLine.size());
}

bool IsOf(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=';
}

}  // namespace

bool IsEnvironment(std::span<const char> block) {
  return block.size() == kEnvironmentBytes &&
         std::string_view(block.data(), block.size()).starts_with(kFirstLine);
}

std::optional<std::string_view> GetVariable(const EnvironmentBlock& block, std::string_view name) {
  for (std::string_view rest = LinesOf(block); !rest.empty();) {
    const std::string_view line = TakeUntil(rest, '\n');
    if (IsOf(line, name)) return Part(line, name.size() + 1);
  }
  return std::nullopt;
}

bool SetVariable(EnvironmentBlock& block, std::string_view name, std::string_view value) {
  Lines out{kFirstLine};
  for (std::string_view rest = LinesOf(block); !rest.empty();) {
    const std::string_view line = TakeUntil(rest, '\n');
    if (!IsOf(line, name)) out.Append({line, "\n"});
  }
  if (!value.empty()) out.Append({name, "=", value, "\n"});
  if (!out.fits()) return false;
  block.fill('#');
  std::ranges::copy(out.view(), block.begin());
  return true;
}

}  // namespace ichor::early
