#include "machined/secrets/client_file.h"

#include <chrono>
#include <format>
#include <optional>
#include <utility>
#include <vector>

#include "config/cluster.pb.h"
#include "config/kubernetes.pb.h"
#include "config/legacy.pb.h"
#include "lib/base/status.h"
#include "lib/pki/cluster/client_config.h"
#include "lib/pki/identity.h"
#include "lib/rpc/roles.h"
#include "machined/config/active_config.h"
#include "machined/kubernetes/settings.h"
#include "machined/secrets/api_certificates.h"
#include "machined/secrets/issue.h"
#include "machined/secrets/kubeconfig.h"

namespace ichor {
namespace {

constexpr std::string_view kRolePrefix = "os:";
constexpr const char* kOnlyControlPlane = "this is only available on control plane nodes";

absl::StatusOr<std::vector<std::string>> RolesOf(
    const machine::GenerateClientConfigurationRequest& request) {
  std::vector<std::string> roles(request.roles().begin(), request.roles().end());
  for (const std::string& role : roles) {
    if (rpc::Roles({role}).Names().empty()) {
      return absl::InvalidArgumentError(std::format("there is no role \"{}\"", role));
    }
  }
  return roles;
}

std::string ContextName(const std::string& cluster, const std::vector<std::string>& roles) {
  if (roles.size() != 1) {
    return cluster;
  }
  return std::format("{}@{}", roles.front().substr(kRolePrefix.size()), cluster);
}

}  // namespace

std::string ClusterNameOf(const All<config::MachineConfig>& configs) {
  const std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value()) {
    return "";
  }
  if (const auto* const cluster = config->Get<config::v1alpha1::KubeClusterConfig>()) {
    return cluster->cluster_name();
  }
  const auto* const legacy = config->Get<config::v1alpha1::LegacyConfig>();
  return legacy == nullptr ? "" : legacy->cluster().cluster_name();
}

absl::StatusOr<machine::GenerateClientConfiguration> NewClientFile(
    const secrets::OSRootSecret::Spec& root, const std::string& cluster,
    const machine::GenerateClientConfigurationRequest& request, base::WallTime now) {
  if (root.issuing_ca().key().empty()) {
    return absl::UnimplementedError(kOnlyControlPlane);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> roles, RolesOf(request));
  const std::chrono::seconds lifetime(request.crt_ttl().seconds());
  if (lifetime.count() <= 0) {
    return absl::InvalidArgumentError("crt_ttl must be a second at least");
  }
  ASSIGN_OR_RETURN(const pki::Identity ca,
                   pki::IdentityFromPem(root.issuing_ca().crt(), root.issuing_ca().key()));
  ASSIGN_OR_RETURN(const pki::Identity client, pki::NewClient(ca, roles, now, lifetime));
  const std::string name = ContextName(cluster, roles);
  pki::ClientConfig file{.current = name};
  file.contexts.emplace(name, pki::NewClientContext(ca.certificate, client, {}));
  machine::GenerateClientConfiguration made;
  made.set_ca(ca.certificate.ToPem());
  made.set_crt(client.certificate.ToPem());
  std::string key = client.key.ToPem();
  made.set_key(key);
  pki::Wipe(key);
  made.set_talosconfig(pki::ToYaml(file).text());
  return made;
}

absl::StatusOr<std::string> NewKubeconfig(const secrets::KubernetesRootSecret::Spec& root,
                                          std::chrono::seconds lifetime, base::WallTime now) {
  constexpr std::chrono::seconds kClocksDiffer{10};
  constexpr const char* kAdmin = "admin";
  if (root.issuing_ca().key().empty()) {
    return absl::UnimplementedError(kOnlyControlPlane);
  }
  CertificateWish wish;
  wish.ca = root.issuing_ca();
  wish.common_name = kAdmin;
  wish.organization = "system:masters";
  wish.for_clients = true;
  wish.lifetime = lifetime;
  ASSIGN_OR_RETURN(const pki::Identity client, IssueAnew(wish, now - kClocksDiffer));
  return RenderKubeconfig({.cluster = root.name(),
                           .endpoint = root.endpoint().full_path(),
                           .ca_pem = AcceptedCas(root),
                           .user = kAdmin,
                           .context = kAdmin},
                          ToPem(client));
}

std::chrono::seconds KubeconfigLifetime(const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::Of(configs);
  if (!settings.has_value()) {
    return pki::kClientLifetime;
  }
  return std::chrono::seconds(settings->cluster().admin_kubeconfig().cert_lifetime().seconds());
}

}  // namespace ichor
