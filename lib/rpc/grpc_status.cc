#include "lib/rpc/grpc_status.h"

#include <charconv>
#include <cstdint>
#include <format>

namespace ichor::rpc {
namespace {

constexpr size_t kMaxMessageBytes = 4096;

bool IsPlain(unsigned char c) {
  return c >= 0x20 && c <= 0x7e && c != '%';
}

}  // namespace

std::string EncodeMessage(std::string_view message) {
  std::string encoded;
  for (const char c : message) {
    if (encoded.size() >= kMaxMessageBytes) {
      return encoded + "...";
    }
    if (IsPlain(static_cast<unsigned char>(c))) {
      encoded.push_back(c);
    } else {
      encoded += std::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::string DecodeMessage(std::string_view encoded) {
  std::string message;
  for (size_t i = 0; i < encoded.size(); ++i) {
    std::uint8_t byte = 0;
    const char* const digits = encoded.data() + i + 1;
    if (encoded[i] == '%' && i + 2 < encoded.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      message.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      message.push_back(encoded[i]);
    }
  }
  return message;
}

absl::Status StatusOfTrailers(std::string_view code, std::string_view encoded_message) {
  constexpr int kHighestCode = 16;
  int number = -1;
  const auto [rest, error] = std::from_chars(code.data(), code.data() + code.size(), number);
  if (error != std::errc{} || rest != code.data() + code.size() || number < 0 ||
      number > kHighestCode) {
    return absl::UnknownError(
        std::format("grpc-status \"{}\": expected 0 to {}", code, kHighestCode));
  }
  return {static_cast<absl::StatusCode>(number), DecodeMessage(encoded_message)};
}

}  // namespace ichor::rpc
