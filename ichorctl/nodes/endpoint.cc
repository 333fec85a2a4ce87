#include "ichorctl/nodes/endpoint.h"

#include <charconv>
#include <format>

namespace ichor::ctl {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::uint16_t kHttpsPort = 443;

absl::Status Wrong(std::string_view text) {
  return absl::InvalidArgumentError(
      std::format("\"{}\" is no endpoint: expected HOST, HOST:PORT or https://HOST", text));
}

bool ParsePort(std::string_view text, std::uint16_t& port) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && rest == text.data() + text.size() && port != 0;
}

// Where the port begins, behind its colon; npos if there is none.
size_t FindPort(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t closing = text.find("]:");
    return closing == std::string_view::npos ? closing : closing + 2;
  }
  const size_t colon = text.find(':');
  const bool only = colon != std::string_view::npos && colon == text.rfind(':');
  return only ? colon + 1 : std::string_view::npos;  // several: an IPv6 address
}

}  // namespace

absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text) {
  Endpoint endpoint;
  std::string_view rest = text;
  if (rest.starts_with(kHttps)) {
    endpoint.port = kHttpsPort;
    rest.remove_prefix(kHttps.size());
    rest = rest.substr(0, rest.find('/'));
  }
  if (const size_t port = FindPort(rest); port != std::string_view::npos) {
    if (!ParsePort(rest.substr(port), endpoint.port)) {
      return Wrong(text);
    }
    rest = rest.substr(0, port - 1);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) {
    rest = rest.substr(1, rest.size() - 2);
  }
  if (rest.empty() || rest.find_first_of("/[] @") != std::string_view::npos) {
    return Wrong(text);
  }
  endpoint.host = rest;
  return endpoint;
}

std::string ToString(const Endpoint& endpoint) {
  const bool brackets = endpoint.host.contains(':');
  return std::format("{}{}{}:{}", brackets ? "[" : "", endpoint.host, brackets ? "]" : "",
                     endpoint.port);
}

}  // namespace ichor::ctl
