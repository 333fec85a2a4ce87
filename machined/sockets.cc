#include "machined/sockets.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <format>

#include "ichor/network.resources.h"
#include "lib/base/status.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor::machined {
namespace {

constexpr unsigned kDirectoryMode = 0771;
constexpr unsigned kSocketMode = 0660;

constexpr std::array kForApid = {runtime::APIServiceConfig::kType, secrets::ApiCertificate::kType,
                                 network::NodeAddress::kType, network::HostnameStatus::kType};

constexpr std::array kForTrustd = {secrets::TrustdCertificate::kType, secrets::OSRootSecret::kType};

// What of the network is said here, for networkd to read.
constexpr std::array kSaidToNetworkd = {
    network::HostnameStatus::kType, network::NetworkConfiguration::kType,
    network::LinkAliasSpec::kType,  network::StaticHost::kType,
    network::PlatformConfig::kType, network::NodeAddressFilter::kType};

// What networkd reads of machined, beside the network.
constexpr std::array kForNetworkd = {files::EtcFileStatus::kType, runtime::KernelCmdline::kType,
                                     runtime::DevicesStatus::kType};

bool IsTime(std::string_view type) {
  return type == time::TimeStatus::kType || type == time::AdjtimeStatus::kType;
}

absl::Status Denied(std::string_view ns, std::string_view type) {
  return absl::PermissionDeniedError(std::format("{}/{} is not for this peer", ns, type));
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Server>> Listen(Loop& loop, const std::string& path,
                                                    const sys::Ownership& owner) {
  sys::Ownership ownership = owner;
  ownership.mode = kDirectoryMode;
  RETURN_IF_ERROR(sys::MakeDirectory(std::filesystem::path(path).parent_path(), ownership));
  ASSIGN_OR_RETURN(std::unique_ptr<rpc::Server> server, rpc::Server::Create(loop, {.path = path}));
  ownership.mode = kSocketMode;
  RETURN_IF_ERROR(sys::SetOwnership(path, ownership));
  return server;
}

absl::Status AuthorizeApid(state::Access access, std::string_view ns, std::string_view type) {
  const bool may = access == state::Access::kRead && std::ranges::contains(kForApid, type);
  return may ? absl::OkStatus() : Denied(ns, type);
}

absl::Status AuthorizeTrustd(state::Access access, std::string_view ns, std::string_view type) {
  const bool may = access == state::Access::kRead && std::ranges::contains(kForTrustd, type);
  return may ? absl::OkStatus() : Denied(ns, type);
}

absl::Status AuthorizeNetworkd(state::Access access, std::string_view ns, std::string_view type) {
  const bool said_here = std::ranges::contains(kSaidToNetworkd, type) && ns == "network";
  const bool of_the_network = ns == "network" || ns == "network-config" || IsTime(type) ||
                              type == runtime::Diagnostic::kType;
  if (of_the_network && !said_here) {
    return absl::OkStatus();
  }
  const bool may =
      access == state::Access::kRead && (said_here || std::ranges::contains(kForNetworkd, type));
  return may ? absl::OkStatus() : Denied(ns, type);
}

}  // namespace ichor::machined
