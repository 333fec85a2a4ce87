// The source of the certificates of etcd and Kubernetes on a machine of the control plane.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ichor/boot.resources.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "machined/secrets/issue.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/time/time.resources.h"

namespace ichor {

// Publishes EtcdSecret, KubernetesDynamicCert and KubernetesSecret. Certificates are made once the
// machine knows its name, an address and the time; those of an earlier machined of this boot, which
// the checkpoint has, stay while they fit. Half of a certificate's time makes a new one. Without
// the CAs there is none. Loop's thread only.
class ClusterCertificates {
 public:
  // What is known now.
  struct Facts {
    bool configured = false;  // the config was read
    std::optional<secrets::KubernetesRootSecret::Spec> kubernetes;
    std::optional<secrets::EtcdRootSecret::Spec> etcd;
    std::optional<secrets::CertSAN::Spec> names;  // of the API server
    std::string hostname;
    std::string fqdn;
    std::vector<std::string> ips;  // of the machine, 4 or 16 bytes each
    bool time_is_right = false;
  };

  // All must outlive it.
  ClusterCertificates(Runtime& runtime, Loop& loop, const base::Clock& clock);
  ClusterCertificates(const ClusterCertificates&) = delete;
  ClusterCertificates& operator=(const ClusterCertificates&) = delete;

  void Set(Facts facts);

  // For tasks that may outlive it.
  std::weak_ptr<ClusterCertificates*> self() const { return self_; }

 private:
  using Pem = common::PEMEncodedCertificateAndKey;

  void Update();
  bool CanIssue() const;
  void PublishNothing();
  absl::Status UpdateEtcd();
  absl::Status UpdateDynamic();
  absl::Status UpdateKubeconfigs();
  absl::Status IssueInto(const std::string& id, const CertificateWish& wish, Pem& pem);
  absl::Status IssueInto(const std::string& id, const CertificateWish& wish,
                         const std::string& endpoint, std::string& kubeconfig);
  CertificateWish NodeWish(const Pem& ca) const;
  void CheckLater();

  Runtime& runtime_;
  Loop& loop_;
  const base::Clock& clock_;
  const std::shared_ptr<ClusterCertificates*> self_ = std::make_shared<ClusterCertificates*>(this);

  Facts facts_;
  Issuer issuer_;
  // What was published last, or by an earlier machined.
  std::optional<secrets::EtcdSecret::Spec> etcd_;
  std::optional<secrets::KubernetesDynamicCert::Spec> dynamic_;
  std::optional<secrets::KubernetesSecret::Spec> kubeconfigs_;
};

// Registers it with what it needs to know. The answer must outlive the runtime's controllers.
std::unique_ptr<ClusterCertificates> RegisterClusterCertificates(Runtime& runtime, Loop& loop,
                                                                 const base::Clock& clock);

}  // namespace ichor
