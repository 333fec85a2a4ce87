// Files of clients of Kubernetes.
#pragma once

#include <string>

#include "common/common.pb.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {

// Who a file is for, and where it leads.
struct KubeconfigWish {
  std::string cluster;
  std::string endpoint;
  std::string ca_pem;  // of the server, one or several
  std::string user;
  std::string context;  // before "@" and the cluster
};

// The file, as YAML. Its current context is the only one.
std::string RenderKubeconfig(const KubeconfigWish& wish,
                             const common::PEMEncodedCertificateAndKey& client);

// The certificate and key in such a file; empty if it has none.
common::PEMEncodedCertificateAndKey ClientOfKubeconfig(const std::string& kubeconfig);

// PEM of all CAs that the API server's certificate may be of.
std::string AcceptedCas(const secrets::KubernetesRootSecret::Spec& root);

}  // namespace ichor
