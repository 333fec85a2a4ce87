#include "apid/routing_policy.h"

#include <algorithm>
#include <array>
#include <format>

namespace ichor::apid {
namespace {

constexpr std::string_view kNode = "node";
constexpr std::string_view kNodes = "nodes";
constexpr std::string_view kRole = "talos-role";
constexpr std::string_view kProxyFrom = "proxyfrom";
constexpr std::array<std::string_view, 5> kNotPassedOn = {kNode, kNodes, kRole, kProxyFrom,
                                                          kPeerHeader};

// Services whose replies have a place for the name of the node.
constexpr std::array<std::string_view, 5> kServicesOfMany = {
    "/machine.MachineService/", "/cluster.ClusterService/", "/inspect.InspectService/",
    "/storage.StorageService/", "/time.TimeService/"};

constexpr std::array<std::string_view, 14> kStreaming = {
    "/machine.MachineService/Copy",       "/machine.MachineService/DiskUsage",
    "/machine.MachineService/Dmesg",      "/machine.MachineService/EtcdSnapshot",
    "/machine.MachineService/Events",     "/machine.MachineService/ImageList",
    "/machine.MachineService/Kubeconfig", "/machine.MachineService/List",
    "/machine.MachineService/Logs",       "/machine.MachineService/PacketCapture",
    "/machine.MachineService/Read",       "/cluster.ClusterService/HealthCheck",
    "/machine.LifecycleService/Install",  "/machine.LifecycleService/Upgrade",
};

std::vector<std::string> ValuesOf(const Headers& headers, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : headers) {
    if (key == name) {
      values.push_back(value);
    }
  }
  return values;
}

}  // namespace

bool NamesNodes(const Headers& headers) {
  return std::ranges::any_of(
      headers, [](const auto& header) { return header.first == kNode || header.first == kNodes; });
}

absl::StatusOr<Route> ChooseRoute(std::string_view path, const Headers& headers,
                                  const Whereabouts& here) {
  const std::vector<std::string> node = ValuesOf(headers, kNode);
  if (node.size() > 1) {
    return absl::InvalidArgumentError(
        std::format("metadata \"node\": expected one value, got {}", node.size()));
  }
  const std::vector<std::string> nodes = ValuesOf(headers, kNodes);
  if (!ValuesOf(headers, kProxyFrom).empty() || (node.empty() && nodes.empty())) {
    return Route{};
  }
  const auto is_own = [&here](const std::string& name) { return here.own.contains(name); };
  if (!here.forwards) {
    if (nodes.size() > 1 || !std::ranges::all_of(nodes, is_own) ||
        !std::ranges::all_of(node, is_own)) {
      return absl::PermissionDeniedError("no request forwarding");
    }
    return Route{};
  }
  if (!nodes.empty()) {
    if (std::ranges::none_of(kServicesOfMany, [path](std::string_view service) {
          return path.starts_with(service);
        })) {
      return absl::InvalidArgumentError(
          std::format("{} cannot be sent to many nodes: call each with metadata \"node\"", path));
    }
    return Route{.kind = Route::Kind::kMany, .targets = nodes};
  }
  if (is_own(node.front())) {
    return Route{};
  }
  return Route{.kind = Route::Kind::kOne, .targets = node};
}

bool IsStreaming(std::string_view path) {
  return path.ends_with("Stream") || std::ranges::contains(kStreaming, path);
}

Headers HeadersForMachined(const Headers& headers, const std::vector<std::string>& roles) {
  Headers passed;
  passed.reserve(headers.size() + roles.size() + 1);
  for (const auto& header : headers) {
    if (!std::ranges::contains(kNotPassedOn, header.first)) {
      passed.push_back(header);
    }
  }
  for (const std::string& role : roles) {
    passed.emplace_back(kRole, role);
  }
  return passed;
}

Headers HeadersForNode(const Headers& headers, const std::vector<std::string>& roles,
                       std::string_view authority) {
  Headers passed = HeadersForMachined(headers, roles);
  passed.emplace_back(kProxyFrom, authority.empty() ? "unknown" : authority);
  return passed;
}

}  // namespace ichor::apid
