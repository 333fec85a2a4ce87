#include "stage1/loader_entries.h"

#include <cstdint>

#include "lib/early/bytes.h"

namespace ichor::stage1 {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool IsOf(std::string_view name, char slot) {
  constexpr std::string_view kPrefix = "ichor-";
  if (name.size() < kPrefix.size()) return false;
  for (std::size_t i = 0; i < kPrefix.size(); ++i) {
    if (Lower(name[i]) != kPrefix[i]) return false;
  }
  name = early::Part(name, kPrefix.size());
  const std::string_view digits = early::TakeUntil(name, '-');
  return early::ToNumber(digits).has_value() && name.size() > 1 && Lower(name[0]) == Lower(slot) &&
         (name[1] == '+' || name[1] == '.');
}

}  // namespace

early::Text<128> FindEntry(std::span<const std::byte> entries, char slot) {
  early::Text<128> found;
  early::Text<128> name;
  bool readable = true;
  for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
    const auto unit = early::LittleEndian<std::uint16_t>(entries, i);
    if (unit != 0) {
      readable = readable && unit > 32 && unit < 127;
      name.Push(static_cast<char>(unit));
      continue;
    }
    if (readable && name.fits() && IsOf(name.view(), slot) && name.view() > found.view())
      found = name;
    name = {};
    readable = true;
  }
  return found;
}

}  // namespace ichor::stage1
