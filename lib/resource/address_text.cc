#include "lib/resource/address_text.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace ichor {
namespace {

constexpr size_t kV4Bytes = 4;
constexpr size_t kV6Bytes = 16;
constexpr int kMaxPort = 65535;

std::uint8_t ByteAt(std::string_view bytes, size_t i) {
  return static_cast<std::uint8_t>(bytes[i]);
}

std::string V4ToText(std::string_view bytes) {
  return absl::StrCat(ByteAt(bytes, 0), ".", ByteAt(bytes, 1), ".", ByteAt(bytes, 2), ".",
                      ByteAt(bytes, 3));
}

using Groups = std::array<unsigned, 8>;

// The first longest run of at least two zero groups, as [begin, end).
std::pair<size_t, size_t> LongestZeros(const Groups& groups) {
  std::pair<size_t, size_t> best{groups.size(), groups.size()};
  for (size_t begin = 0; begin < groups.size(); ++begin) {
    size_t end = begin;
    while (end < groups.size() && groups[end] == 0)
      ++end;
    if (end - begin >= 2 && end - begin > best.second - best.first) best = {begin, end};
  }
  return best;
}

// RFC 5952
std::string V6ToText(std::string_view bytes) {
  constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  if (bytes.starts_with(kMapped)) return "::ffff:" + V4ToText(bytes.substr(kMapped.size()));
  Groups groups;
  for (size_t i = 0; i < groups.size(); ++i) {
    groups[i] = ByteAt(bytes, 2 * i) << 8U | ByteAt(bytes, 2 * i + 1);
  }
  const auto [zeros_begin, zeros_end] = LongestZeros(groups);
  std::string text;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (i == zeros_begin) {
      text += "::";
      i = zeros_end;
      if (i == groups.size()) break;
    } else if (i > 0) {
      text += ':';
    }
    absl::StrAppend(&text, absl::Hex(groups[i]));
  }
  return text;
}

std::string BytesToText(std::string_view bytes) {
  if (bytes.empty()) return "";
  if (bytes.size() == kV4Bytes) return V4ToText(bytes);
  if (bytes.size() < kV6Bytes) {
    return absl::StrCat("invalid:", absl::BytesToHexString({bytes.data(), bytes.size()}));
  }
  std::string text = V6ToText(bytes);
  if (bytes.size() > kV6Bytes) text.append("%").append(bytes.substr(kV6Bytes));
  return text;
}

// The bytes of an address; nothing if it is none.
std::optional<std::string> ParseBytes(std::string_view text) {
  const size_t percent = text.find('%');
  const std::string host(text.substr(0, percent));
  std::array<char, kV6Bytes> bytes;
  if (host.find('\0') != std::string::npos) return std::nullopt;
  if (percent == std::string_view::npos && inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) {
    return std::string(bytes.data(), kV4Bytes);
  }
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1) return std::nullopt;
  std::string result(bytes.data(), kV6Bytes);
  if (percent == std::string_view::npos) return result;
  const std::string_view zone = text.substr(percent + 1);
  if (zone.empty()) return std::nullopt;
  return result.append(zone);
}

// A decimal number from 0 to `largest`, without sign or leading zeros.
std::optional<int> ParseNumber(std::string_view text, int largest) {
  int value = 0;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), value);
  const bool canonical = !text.starts_with('-') && (text.size() == 1 || !text.starts_with('0'));
  if (error != std::errc() || stop != text.end() || !canonical || value > largest)
    return std::nullopt;
  return value;
}

}  // namespace

std::string ToText(const common::NetIP& address) {
  return BytesToText(address.ip());
}

std::string ToText(const common::NetIPPort& endpoint) {
  const std::string& bytes = endpoint.ip();
  if (bytes.empty()) return "";
  const bool brackets = bytes.size() != kV4Bytes;
  return absl::StrCat(brackets ? "[" : "", BytesToText(bytes), brackets ? "]:" : ":",
                      endpoint.port());
}

std::string ToText(const common::NetIPPrefix& prefix) {
  if (prefix.ip().empty()) return "";
  return absl::StrCat(BytesToText(prefix.ip()), "/", prefix.prefix_length());
}

std::optional<common::NetIP> ParseNetIP(std::string_view text) {
  common::NetIP address;
  if (text.empty()) return address;
  const auto bytes = ParseBytes(text);
  if (!bytes) return std::nullopt;
  address.set_ip(*bytes);
  return address;
}

std::optional<common::NetIPPort> ParseNetIPPort(std::string_view text) {
  common::NetIPPort endpoint;
  if (text.empty()) return endpoint;
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  const auto bytes = ParseBytes(host);
  const auto port = ParseNumber(text.substr(colon + 1), kMaxPort);
  if (!bytes || !port || brackets == (bytes->size() == kV4Bytes)) return std::nullopt;
  endpoint.set_ip(*bytes);
  endpoint.set_port(*port);
  return endpoint;
}

std::optional<common::NetIPPrefix> ParseNetIPPrefix(std::string_view text) {
  common::NetIPPrefix prefix;
  if (text.empty()) return prefix;
  const size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto bytes = ParseBytes(text.substr(0, slash));
  if (!bytes || bytes->size() > kV6Bytes) return std::nullopt;  // a prefix has no zone
  const auto length = ParseNumber(text.substr(slash + 1), static_cast<int>(bytes->size()) * 8);
  if (!length) return std::nullopt;
  prefix.set_ip(*bytes);
  prefix.set_prefix_length(*length);
  return prefix;
}

std::string HardwareAddressToText(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    absl::StrAppendFormat(&text, "%s%02x", i == 0 ? "" : ":", ByteAt(bytes, i));
  }
  return text;
}

std::optional<std::string> ParseHardwareAddress(std::string_view text) {
  std::string bytes;
  if (text.empty()) return bytes;
  for (const absl::string_view pair :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ':')) {
    unsigned value = 0;
    const char* end = pair.data() + pair.size();
    const auto [stop, error] = std::from_chars(pair.data(), end, value, 16);
    if (pair.size() != 2 || error != std::errc() || stop != end) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace ichor
