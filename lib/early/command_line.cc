#include "lib/early/command_line.h"

#include "lib/early/text.h"

namespace ichor::early {
namespace {

bool IsSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Where the argument at the front of `line` ends.
std::size_t EndOfArgument(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (IsSpace(line[i]) && !quoted) return i;
  }
  return line.size();
}

std::string_view WithoutQuotes(std::string_view text) {
  if (text.empty() || text.front() != '"') return text;
  text.remove_prefix(1);
  if (!text.empty() && text.back() == '"') text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<Argument> NextArgument(std::string_view& line) {
  line = Part(line, 0, kMaxCommandLine);
  while (!line.empty() && IsSpace(line.front()))
    line.remove_prefix(1);
  if (line.empty()) return std::nullopt;
  const std::size_t end = EndOfArgument(line);
  // Quotes may be around the whole argument or around its value.
  const std::string_view whole = WithoutQuotes(Part(line, 0, end));
  line = Part(line, end);
  const std::size_t equals = whole.find('=');
  if (equals == std::string_view::npos) return Argument{.key = whole, .value = {}};
  return Argument{.key = Part(whole, 0, equals),
                  .value = WithoutQuotes(Part(whole, equals + 1)),
                  .has_value = true};
}

std::optional<std::string_view> FindValue(std::string_view line, std::string_view key) {
  std::optional<std::string_view> found;
  while (const auto argument = NextArgument(line)) {
    if (argument->has_value && argument->key == key) found = argument->value;
  }
  return found;
}

}  // namespace ichor::early
