#include "lib/disk/guid.h"

#include <algorithm>
#include <array>
#include <format>
#include <span>

#include "absl/log/check.h"
#include "lib/base/random.h"

namespace ichor::disk {
namespace {

// Where the bytes of the text lie: the first three fields are little-endian.
constexpr std::array kOrder = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

}  // namespace

Guid RandomGuid() {
  Guid guid;
  const std::string random = base::RandomBytes(guid.size());
  std::ranges::copy(std::as_bytes(std::span(random)), guid.begin());
  constexpr std::byte kVersion{0x40};
  constexpr std::byte kVariant{0x80};
  guid[7] = (guid[7] & std::byte{0x0f}) | kVersion;  // the high byte of the third field
  guid[8] = (guid[8] & std::byte{0x3f}) | kVariant;
  return guid;
}

std::string ToText(const Guid& guid) {
  std::string text;
  for (size_t i = 0; i < kOrder.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text += '-';
    }
    text += std::format("{:02x}", std::to_integer<unsigned>(guid[static_cast<size_t>(kOrder[i])]));
  }
  return text;
}

Guid KnownGuid(std::string_view text) {
  const auto guid = early::ParseGuid(text);
  CHECK(guid.has_value()) << std::string(text);
  return *guid;
}

}  // namespace ichor::disk
