// Identifiers of events: 12 bytes, sorted by time, as text of 20 characters.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ichor::events {

// Four bytes of seconds since 1970, eight that tell events of one second apart; big-endian, so that
// later ones are greater. The text is base32 with the digits 0-9a-v, which sorts the same way.
using Xid = std::array<std::uint8_t, 12>;

std::string ToText(const Xid& xid);

// Nothing for other text than that of an Xid.
std::optional<Xid> ParseXid(std::string_view text);

// The next greater one.
Xid Next(Xid xid);

// Seconds since 1970.
std::uint32_t SecondsOf(const Xid& xid);

// An identifier of `seconds` that ends in `rest`.
Xid MakeXid(std::uint32_t seconds, const std::array<std::uint8_t, 8>& rest);

// A UUID of version 4 from 16 random bytes: what names a reboot, and the events that it makes.
std::string UuidText(std::string_view random);

}  // namespace ichor::events
