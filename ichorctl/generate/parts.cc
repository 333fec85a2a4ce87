#include "ichorctl/generate/parts.h"

#include <algorithm>
#include <format>

#include "absl/strings/escaping.h"
#include "ichorctl/generate/tree.h"

namespace ichor::ctl {

Tree Base64Text(std::string_view key, std::string_view text) {
  return Text(key, absl::Base64Escape({text.data(), text.size()}));
}

Tree Base64Pair(std::string_view key, const pki::PemPair& pair, bool with_key) {
  return Mapping(key, {Base64Text("crt", pair.certificate),
                       Base64Text("key", with_key ? pair.key.text() : std::string())});
}

Tree PodSecurityConfiguration() {
  return Mapping(
      "configuration",
      {Text("apiVersion", "pod-security.admission.config.k8s.io/v1alpha1"),
       Mapping("defaults", {Text("audit", "restricted"), Text("audit-version", "latest"),
                            Text("enforce", "baseline"), Text("enforce-version", "latest"),
                            Text("warn", "restricted"), Text("warn-version", "latest")}),
       Mapping("exemptions", {Texts("namespaces", {"kube-system"}), List("runtimeClasses", {}),
                              List("usernames", {})}),
       Text("kind", "PodSecurityConfiguration")});
}

Tree AuditPolicy() {
  return Mapping("", {Text("apiVersion", "audit.k8s.io/v1"), Text("kind", "Policy"),
                      List("rules", {Mapping("", {Text("level", "Metadata")})})});
}

std::string ComponentImage(const Input& input, std::string_view component) {
  return std::format("registry.k8s.io/kube-{}:v{}", component, input.kubernetes_version);
}

std::string KubeletImage(const Input& input) {
  return std::format("ghcr.io/siderolabs/kubelet:v{}", input.kubernetes_version);
}

Tree HostnameDocument() {
  return Document("HostnameConfig", {Text("auto", "stable")});
}

Tree KubeSpanDocument() {
  return Document("KubeSpanConfig", {Truth("enabled", true)});
}

std::vector<Tree> MirrorDocuments(const Input& input) {
  std::vector<Mirror> mirrors = input.mirrors;
  std::ranges::sort(mirrors, {}, &Mirror::registry);
  std::vector<Tree> documents;
  documents.reserve(mirrors.size());
  for (const Mirror& mirror : mirrors) {
    documents.push_back(
        Document("RegistryMirrorConfig",
                 {Text("name", mirror.registry),
                  List("endpoints", {Mapping("", {Text("url", mirror.endpoint)})})}));
  }
  return documents;
}

}  // namespace ichor::ctl
