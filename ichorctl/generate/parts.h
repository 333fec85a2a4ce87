// Pieces that the forms of all versions have in common.
#pragma once

#include <string_view>
#include <vector>

#include "ichorctl/generate/input.h"
#include "ichorctl/generate/tree.h"

namespace ichor::ctl {

// The document without a kind, and what stood beside it until v1.13.
std::vector<Tree> DocumentsUntil13(const Input& input, MachineType type);

// The documents since v1.14.
std::vector<Tree> DocumentsSince14(const Input& input, MachineType type);

// `crt` and `key`, base64 of their PEM; without a key an empty one.
Tree Base64Pair(std::string_view key, const pki::PemPair& pair, bool with_key);

Tree Base64Text(std::string_view key, std::string_view text);

// The policy of the admission plugin PodSecurity: baseline is enforced, restricted warned about.
Tree PodSecurityConfiguration();

// Metadata of every request.
Tree AuditPolicy();

// "registry.k8s.io/kube-proxy:v1.36.0"
std::string ComponentImage(const Input& input, std::string_view component);
std::string KubeletImage(const Input& input);

// Documents that v1.12 and v1.13 have beside the first one too.
Tree HostnameDocument();
Tree KubeSpanDocument();
std::vector<Tree> MirrorDocuments(const Input& input);

}  // namespace ichor::ctl
