#include "machined/events/xid.h"

#include <algorithm>
#include <cstddef>

#include "absl/log/check.h"

namespace ichor::events {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuv";
constexpr size_t kTextLength = 20;  // 100 bits for 96: the last four are zero

}  // namespace

std::string ToText(const Xid& xid) {
  std::string text;
  unsigned bits = 0;
  int count = 0;
  for (const std::uint8_t byte : xid) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 5; count -= 5) {
      text.push_back(kDigits[bits >> (count - 5) & 31]);
    }
  }
  text.push_back(kDigits[bits << (5 - count) & 31]);
  return text;
}

std::optional<Xid> ParseXid(std::string_view text) {
  if (text.size() != kTextLength) {
    return std::nullopt;
  }
  Xid xid{};
  size_t filled = 0;
  unsigned bits = 0;
  int count = 0;
  for (const char digit : text) {
    const size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    bits = bits << 5 | static_cast<unsigned>(value);
    count += 5;
    if (count >= 8 && filled < xid.size()) {
      count -= 8;
      xid[filled++] = static_cast<std::uint8_t>(bits >> count);
    }
  }
  return (bits & 15) == 0 ? std::optional(xid) : std::nullopt;
}

Xid Next(Xid xid) {
  for (auto byte = xid.rbegin(); byte != xid.rend(); ++byte) {
    if (++*byte != 0) {
      break;
    }
  }
  return xid;
}

std::uint32_t SecondsOf(const Xid& xid) {
  std::uint32_t seconds = 0;
  for (size_t i = 0; i < 4; ++i) {
    seconds = seconds << 8 | xid[i];
  }
  return seconds;
}

Xid MakeXid(std::uint32_t seconds, const std::array<std::uint8_t, 8>& rest) {
  Xid xid{};
  for (size_t i = 0; i < 4; ++i) {
    xid[i] = static_cast<std::uint8_t>(seconds >> (24 - 8 * i));
  }
  std::ranges::copy(rest, xid.begin() + 4);
  return xid;
}

std::string UuidText(std::string_view random) {
  CHECK(random.size() == 16);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < random.size(); ++i) {
    auto byte = static_cast<std::uint8_t>(random[i]);
    if (i == 6) {
      byte = static_cast<std::uint8_t>((byte & 0x0f) | 0x40);
    } else if (i == 8) {
      byte = static_cast<std::uint8_t>((byte & 0x3f) | 0x80);
    }
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text.push_back('-');
    }
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

}  // namespace ichor::events
