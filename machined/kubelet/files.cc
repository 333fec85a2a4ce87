#include "machined/kubelet/files.h"

#include <algorithm>
#include <format>
#include <span>

#include "absl/strings/escaping.h"
#include "lib/base/hex.h"
#include "lib/early/sha256.h"
#include "lib/resource/address_text.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

constexpr unsigned kReadOnly = 0400;

std::string AcceptedCas(const secrets::KubeletSecret::Spec& secret) {
  std::string pem;
  for (const common::PEMEncodedCertificate& ca : secret.accepted_cas()) {
    pem += ca.crt();
    pem += pem.ends_with('\n') ? "" : "\n";
  }
  return pem;
}

// A client's file with the token that a node joins with.
std::string BootstrapKubeconfig(const secrets::KubeletSecret::Spec& secret) {
  const std::string token =
      std::format("{}.{}", secret.bootstrap_token_id(), secret.bootstrap_token_secret());
  return ToYaml(Object(
      {{"apiVersion", "v1"},
       {"kind", "Config"},
       {"clusters", List({Object({{"name", "local"}, {"cluster", ClusterOf(secret)}})})},
       {"users", List({Object({{"name", "kubelet"}, {"user", Object({{"token", token}})}})})},
       {"contexts",
        List({Object({{"name", "kubelet@local"},
                      {"context", Object({{"cluster", "local"}, {"user", "kubelet"}})}})})},
       {"current-context", "kubelet@local"}}));
}

}  // namespace

Struct ClusterOf(const secrets::KubeletSecret::Spec& secret) {
  Struct cluster =
      Object({{"server", secret.endpoint().full_path()},
              {"certificate-authority-data", absl::Base64Escape(AcceptedCas(secret))}});
  if (!secret.endpoint_tls_server_name().empty()) {
    Set(cluster, "tls-server-name", secret.endpoint_tls_server_name());
  }
  return cluster;
}

std::optional<KubeletFiles> RenderKubeletFiles(const All<k8s::KubeletSpec>& specs,
                                               const All<secrets::KubeletSecret>& secrets) {
  if (specs.empty() || secrets.empty()) {
    return std::nullopt;
  }
  const k8s::KubeletSpec::Spec& spec = specs.front().spec();
  const secrets::KubeletSecret::Spec& secret = secrets.front().spec();
  KubeletFiles files;
  files["kubelet.yaml"].contents = ToYaml(spec.config());
  files["bootstrap-kubeconfig"].contents = BootstrapKubeconfig(secret);
  files["pki/ca.crt"] = {.contents = AcceptedCas(secret), .mode = kReadOnly};
  if (!spec.credential_provider_config().fields().empty()) {
    files["kubelet-credentialproviderconfig.yaml"].contents =
        ToYaml(spec.credential_provider_config());
  }
  return files;
}

std::string RevisionOf(const KubeletFiles& files) {
  constexpr size_t kShownBytes = 8;
  early::Sha256 hash;
  for (const auto& [name, file] : files) {
    const std::string text =
        std::format("{}:{}{}:{}", name.size(), name, file.contents.size(), file.contents);
    hash.Update(std::as_bytes(std::span(text)));
  }
  const auto digest = hash.Finish();
  return base::Hex(std::span(digest).first(kShownBytes));
}

std::string RenderPodResolvConf(const All<network::ResolverStatus>& resolvers,
                                const All<network::HostDNSConfig>& host_dns) {
  constexpr int kMostServers = 3;
  if (!host_dns.empty() && host_dns.front().spec().enabled()) {
    const std::string address = ToText(host_dns.front().spec().service_host_dns_address());
    if (!address.empty()) {
      return std::format("nameserver {}\n", address);
    }
  }
  std::string text;
  if (!resolvers.empty()) {
    const auto& servers = resolvers.front().spec().dns_servers();
    for (int i = 0; i < std::min(servers.size(), kMostServers); ++i) {
      text += std::format("nameserver {}\n", ToText(servers[i]));
    }
  }
  return text;
}

}  // namespace ichor
