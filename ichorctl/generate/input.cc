#include "ichorctl/generate/input.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <format>

#include "lib/base/version.h"

namespace ichor::ctl {
namespace {

constexpr std::string_view kScheme = "https://";

// Host and port, without what stands around them.
std::string_view Authority(std::string_view url) {
  const size_t start = url.find("://");
  if (start == std::string_view::npos) {
    return {};
  }
  url.remove_prefix(start + std::string_view("://").size());
  return url.substr(0, url.find_first_of("/?#"));
}

// What is behind the host: ":6443", or nothing.
std::string_view PortOf(std::string_view authority) {
  const size_t colon = authority.rfind(':');
  const size_t bracket = authority.rfind(']');
  const bool inside = bracket != std::string_view::npos && colon < bracket;
  return colon == std::string_view::npos || inside ? std::string_view() : authority.substr(colon);
}

bool IsPort(std::string_view text) {
  constexpr int kLast = 65535;
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port <= kLast;
}

bool IsV6(const Input& input) {
  return HostOf(input.endpoint).contains(':');
}

}  // namespace

std::string DefaultInstallImage() {
  return std::format("ichor-installer:v{}", base::kVersion);
}

std::string HostOf(std::string_view url) {
  std::string_view host = Authority(url);
  host.remove_suffix(PortOf(host).size());
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  return std::string(host);
}

absl::Status CheckEndpoint(std::string_view endpoint) {
  if (!endpoint.starts_with(kScheme)) {
    const size_t scheme = endpoint.find("://");
    const std::string_view rest =
        scheme == std::string_view::npos ? endpoint : endpoint.substr(scheme + 3);
    return absl::InvalidArgumentError(
        std::format("the cluster's endpoint \"{}\" is no https URL: did you mean \"https://{}{}\"?",
                    endpoint, rest, PortOf(rest).empty() ? ":6443" : ""));
  }
  const std::string_view port = PortOf(Authority(endpoint));
  const std::string host = HostOf(endpoint);
  const bool blank =
      std::ranges::any_of(host, [](unsigned char c) { return std::isspace(c) != 0; });
  if (host.empty() || blank || (!port.empty() && !IsPort(port.substr(1)))) {
    return absl::InvalidArgumentError(std::format(
        "the cluster's endpoint \"{}\" is not like https://api.example.org:6443", endpoint));
  }
  return absl::OkStatus();
}

std::vector<std::string> PodSubnets(const Input& input) {
  return {IsV6(input) ? "fc00:db8:10::/56" : "10.244.0.0/16"};
}

std::vector<std::string> ServiceSubnets(const Input& input) {
  return {IsV6(input) ? "fc00:db8:20::/112" : "10.96.0.0/12"};
}

}  // namespace ichor::ctl
