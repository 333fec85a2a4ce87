// What the kubelet reads, as text.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "lib/runtime/rows.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

struct KubeletFile {
  std::string contents;
  unsigned mode = 0600;

  bool operator==(const KubeletFile&) const = default;
};

// By their names below /etc/kubernetes.
using KubeletFiles = std::map<std::string, KubeletFile>;

// Its configuration, how it joins, whom it trusts, and who has credentials of registries; nothing
// before all that is known. They have the cluster's bootstrap token.
std::optional<KubeletFiles> RenderKubeletFiles(const All<k8s::KubeletSpec>& specs,
                                               const All<secrets::KubeletSecret>& secrets);

// How the node reaches the API server, as a cluster of a client's file says it.
google::protobuf::Struct ClusterOf(const secrets::KubeletSecret::Spec& secret);

// A text that changes when anything of the files does: 16 hexadecimal digits.
std::string RevisionOf(const KubeletFiles& files);

// resolv.conf(5) for pods: the node's own resolver if it answers pods, else the name servers.
std::string RenderPodResolvConf(const All<network::ResolverStatus>& resolvers,
                                const All<network::HostDNSConfig>& host_dns);

}  // namespace ichor
