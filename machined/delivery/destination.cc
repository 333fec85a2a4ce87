#include "machined/delivery/destination.h"

#include <charconv>
#include <format>
#include <utility>

#include "config/legacy.pb.h"
#include "config/runtime.pb.h"
#include "lib/early/command_line.h"
#include "machined/config/active_config.h"

namespace ichor {
namespace {

namespace v1alpha1 = config::v1alpha1;

constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kUdp = "udp://";

bool Take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<LogDestination> ParseDestination(std::string_view url) {
  LogDestination destination;
  destination.udp = Take(url, kUdp);
  if (!destination.udp && !Take(url, kTcp)) {
    return std::nullopt;
  }
  url = url.substr(0, url.find('/'));
  const size_t colon = url.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view host = url.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.contains(':')) {
    return std::nullopt;
  }
  const std::string_view port = url.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(port.data(), port.data() + port.size(), destination.port);
  if (error != std::errc() || end != port.data() + port.size() || destination.port == 0 ||
      host.empty()) {
    return std::nullopt;
  }
  destination.host = host;
  return destination;
}

std::string ToString(const LogDestination& destination) {
  return std::format("{}{}{}{}:{}", destination.udp ? kUdp : kTcp,
                     destination.host.contains(':') ? "[" : "", destination.host,
                     destination.host.contains(':') ? "]" : "", destination.port);
}

std::vector<LogDestination> ServiceLogDestinations(const config::Config& config) {
  std::vector<LogDestination> destinations;
  const auto* const legacy = config.Get<v1alpha1::LegacyConfig>();
  if (legacy == nullptr) {
    return destinations;
  }
  for (const auto& wish : legacy->machine().logging().destinations()) {
    if (auto destination = ParseDestination(std::string_view(wish.endpoint()))) {
      destination->tags = {wish.extra_tags().begin(), wish.extra_tags().end()};
      destinations.push_back(*std::move(destination));
    }
  }
  return destinations;
}

absl::StatusOr<Desired<runtime::KmsgLogConfig>> WantKernelLog(
    const All<config::MachineConfig>& configs, const All<runtime::KernelCmdline>& command_lines) {
  runtime::KmsgLogConfig::Spec spec;
  for (const auto& row : command_lines) {
    const std::string& line = row.spec().cmdline();
    if (const auto url = early::FindValue(line, "talos.logging.kernel")) {
      spec.add_destinations()->set_full_path(std::string(*url));
    }
  }
  if (const std::optional<config::Config> config = ActiveConfig(configs)) {
    for (const auto* const document : config->All<v1alpha1::KmsgLogConfig>()) {
      spec.add_destinations()->set_full_path(std::string(document->url()));
    }
  }
  if (spec.destinations().empty()) {
    return Desired<runtime::KmsgLogConfig>();
  }
  return Desired<runtime::KmsgLogConfig>{{"kmsg-log", std::move(spec)}};
}

}  // namespace ichor
