// Pieces that the forms of all versions have in common.
#pragma once

#include <string_view>
#include <vector>

#include "ichorctl/generate/input.h"
#include "lib/resource/yaml/read.h"

namespace ichor::ctl {

// The document without a kind, and what stood beside it until v1.13.
std::vector<YamlNode> DocumentsUntil13(const Input& input, MachineType type);

// The documents since v1.14.
std::vector<YamlNode> DocumentsSince14(const Input& input, MachineType type);

// `crt` and `key`, base64 of their PEM; without a key an empty one.
YamlNode Base64Pair(std::string_view key, const pki::PemPair& pair, bool with_key);

YamlNode Base64Text(std::string_view key, std::string_view text);

// The policy of the admission plugin PodSecurity: baseline is enforced, restricted warned about.
YamlNode PodSecurityConfiguration();

// Metadata of every request.
YamlNode AuditPolicy();

// "registry.k8s.io/kube-proxy:v1.36.0"
std::string ComponentImage(const Input& input, std::string_view component);
std::string KubeletImage(const Input& input);

// Documents that v1.12 and v1.13 have beside the first one too.
YamlNode HostnameDocument();
YamlNode KubeSpanDocument();
std::vector<YamlNode> MirrorDocuments(const Input& input);

}  // namespace ichor::ctl
