#include "machined/api/parse/mounts.h"

#include <optional>

#include "machined/api/parse/text.h"

namespace ichor::api::parse {
namespace {

// Blanks, line feeds and backslashes stand there as \040 and the like.
std::string Unescape(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::optional<std::uint64_t> code =
        text.front() == '\\' && text.size() >= 4 ? Number(text.substr(1, 3), 8) : std::nullopt;
    const bool escaped = code.has_value() && *code <= 0xff;
    plain.push_back(escaped ? static_cast<char>(*code) : text.front());
    text.remove_prefix(escaped ? 4 : 1);
  }
  return plain;
}

}  // namespace

std::vector<Mount> MountsOf(std::string_view mounts) {
  std::vector<Mount> list;
  for (const std::string_view line : Lines(mounts)) {
    const std::vector<std::string_view> fields = Fields(line);
    if (fields.size() >= 3) {
      list.push_back({.source = Unescape(fields[0]),
                      .target = Unescape(fields[1]),
                      .type = std::string(fields[2])});
    }
  }
  return list;
}

}  // namespace ichor::api::parse
