// Where an API listens, as a person writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace ichor::ctl {

inline constexpr std::uint16_t kApiPort = 50000;

struct Endpoint {
  std::string host;  // a name or an IP address, without brackets
  std::uint16_t port = kApiPort;

  bool operator==(const Endpoint&) const = default;
};

// "10.0.0.1", "node.example:50000", "fd00::1", "[fd00::1]:50000", "https://proxy.example" (port
// 443). InvalidArgument for other text.
absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text);

// "10.0.0.1:50000", "[fd00::1]:50000"
std::string ToString(const Endpoint& endpoint);

}  // namespace ichor::ctl
