#include "machined/secrets/cluster_certificates.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "machined/kubernetes/addresses.h"
#include "machined/secrets/cluster_roots.h"
#include "machined/secrets/kubeconfig.h"

namespace ichor {
namespace {

using boot::NodeStage;
using network::HostnameStatus;
using network::NodeAddress;
using secrets::CertSAN;
using secrets::EtcdRootSecret;
using secrets::EtcdSecret;
using secrets::KubernetesDynamicCert;
using secrets::KubernetesRootSecret;
using secrets::KubernetesSecret;

constexpr std::string_view kSource = "secrets.cluster-certificates";
constexpr std::chrono::hours kCheckInterval{1};
constexpr std::chrono::hours kEtcdLifetime{87600};
constexpr std::chrono::hours kKubernetesLifetime{8760};

CertificateWish ClientWish(const common::PEMEncodedCertificateAndKey& ca, std::string common_name,
                           std::string organization, std::chrono::hours lifetime) {
  CertificateWish wish;
  wish.ca = ca;
  wish.common_name = std::move(common_name);
  wish.organization = std::move(organization);
  wish.for_clients = true;
  wish.lifetime = lifetime;
  return wish;
}

// The row of an earlier machined.
template <class T>
std::optional<typename T::Spec> Earlier(Runtime& runtime) {
  const All<T> rows = runtime.Read<T>();
  return rows.empty() ? std::nullopt : std::optional(rows.front().spec());
}

template <class T>
std::optional<typename T::Spec> SpecOf(const All<T>& rows, std::string_view id) {
  const auto row = rows.find(id);
  return row == rows.end() ? std::nullopt : std::optional(row->spec());
}

void Say(const absl::Status& status) {
  if (!status.ok()) {  // the certificates before stay
    base::Log(base::Severity::kError, "certificates of the cluster: {}", base::MessageOf(status));
  }
}

bool TimeIsRight(const All<time::TimeStatus>& rows) {
  return std::ranges::any_of(
      rows, [](const auto& row) { return row.spec().synced() || row.spec().sync_disabled(); });
}

}  // namespace

ClusterCertificates::ClusterCertificates(Runtime& runtime, Loop& loop, const base::Clock& clock)
    : runtime_(runtime),
      loop_(loop),
      clock_(clock),
      etcd_(Earlier<EtcdSecret>(runtime)),
      dynamic_(Earlier<KubernetesDynamicCert>(runtime)),
      kubeconfigs_(Earlier<KubernetesSecret>(runtime)) {
  runtime_.AddSource<EtcdSecret>(kSource);
  runtime_.AddSource<KubernetesDynamicCert>(kSource);
  runtime_.AddSource<KubernetesSecret>(kSource);
  CheckLater();
}

void ClusterCertificates::Set(Facts facts) {
  facts_ = std::move(facts);
  Update();
}

void ClusterCertificates::Update() {
  if (!facts_.configured) {
    return;
  }
  if (!facts_.kubernetes.has_value()) {
    PublishNothing();
    return;
  }
  if (!CanIssue()) {
    return;
  }
  Say(UpdateEtcd());
  Say(UpdateDynamic());
  Say(UpdateKubeconfigs());
}

bool ClusterCertificates::CanIssue() const {
  return facts_.time_is_right && !facts_.hostname.empty() && !facts_.ips.empty() &&
         facts_.names.has_value();
}

void ClusterCertificates::PublishNothing() {
  etcd_.reset();
  dynamic_.reset();
  kubeconfigs_.reset();
  runtime_.Publish<EtcdSecret>(kSource, {});
  runtime_.Publish<KubernetesDynamicCert>(kSource, {});
  runtime_.Publish<KubernetesSecret>(kSource, {});
}

absl::Status ClusterCertificates::IssueInto(const std::string& id, const CertificateWish& wish,
                                            Pem& pem) {
  ASSIGN_OR_RETURN(pem, issuer_.Issue(id, wish, pem, clock_.Now()));
  return absl::OkStatus();
}

absl::Status ClusterCertificates::IssueInto(const std::string& id, const CertificateWish& wish,
                                            const std::string& endpoint, std::string& kubeconfig) {
  const KubernetesRootSecret::Spec root = facts_.kubernetes.value_or(KubernetesRootSecret::Spec());
  Pem client = ClientOfKubeconfig(kubeconfig);
  RETURN_IF_ERROR(IssueInto(id, wish, client));
  kubeconfig = RenderKubeconfig({.cluster = root.name(),
                                 .endpoint = endpoint,
                                 .ca_pem = AcceptedCas(root),
                                 .user = wish.common_name,
                                 .context = wish.common_name},
                                client);
  return absl::OkStatus();
}

// For the machine by its names and addresses, both as a server and as a client.
CertificateWish ClusterCertificates::NodeWish(const Pem& ca) const {
  CertificateWish wish;
  wish.ca = ca;
  wish.common_name = facts_.hostname;
  wish.dns_names = {facts_.hostname};
  if (facts_.fqdn != facts_.hostname) {
    wish.dns_names.push_back(facts_.fqdn);
  }
  wish.ips = facts_.ips;
  wish.for_servers = true;
  wish.for_clients = true;
  wish.lifetime = kEtcdLifetime;
  return wish;
}

absl::Status ClusterCertificates::UpdateEtcd() {
  if (!facts_.etcd.has_value()) {
    etcd_.reset();
    runtime_.Publish<EtcdSecret>(kSource, {});
    return absl::OkStatus();
  }
  const Pem& ca = facts_.etcd->etcd_ca();
  EtcdSecret::Spec spec = etcd_.value_or(EtcdSecret::Spec());
  CertificateWish server = NodeWish(ca);
  RETURN_IF_ERROR(IssueInto("etcd-peer", server, *spec.mutable_etcd_peer()));
  server.dns_names.emplace_back("localhost");
  server.ips.emplace_back("\x7f\0\0\x01", 4);
  server.ips.push_back(std::string(15, '\0') + '\x01');
  RETURN_IF_ERROR(IssueInto("etcd", server, *spec.mutable_etcd()));
  RETURN_IF_ERROR(IssueInto("etcd-admin", ClientWish(ca, "talos", "", kEtcdLifetime),
                            *spec.mutable_etcd_admin()));
  RETURN_IF_ERROR(IssueInto("etcd-api-server", ClientWish(ca, "kube-apiserver", "", kEtcdLifetime),
                            *spec.mutable_etcd_api_server()));
  etcd_ = spec;
  runtime_.Publish<EtcdSecret>(kSource, {{"etcd", std::move(spec)}});
  return absl::OkStatus();
}

absl::Status ClusterCertificates::UpdateDynamic() {
  if (!facts_.kubernetes.has_value() || !facts_.names.has_value()) {
    return absl::OkStatus();
  }
  const Pem& ca = facts_.kubernetes->issuing_ca();
  KubernetesDynamicCert::Spec spec = dynamic_.value_or(KubernetesDynamicCert::Spec());
  CertificateWish server;
  server.ca = ca;
  server.common_name = "kube-apiserver";
  server.organization = "kube-master";
  server.dns_names.assign(facts_.names->dns_names().begin(), facts_.names->dns_names().end());
  for (const common::NetIP& ip : facts_.names->ips()) {
    server.ips.push_back(ip.ip());
  }
  server.for_servers = true;
  server.lifetime = kKubernetesLifetime;
  RETURN_IF_ERROR(IssueInto("kube-apiserver", server, *spec.mutable_api_server()));
  *spec.mutable_api_server()->mutable_crt() += ca.crt();
  RETURN_IF_ERROR(
      IssueInto("apiserver-kubelet-client",
                ClientWish(ca, "apiserver-kubelet-client", "system:masters", kKubernetesLifetime),
                *spec.mutable_api_server_kubelet_client()));
  if (!facts_.kubernetes->aggregator_ca().key().empty()) {
    RETURN_IF_ERROR(IssueInto("front-proxy-client",
                              ClientWish(facts_.kubernetes->aggregator_ca(), "front-proxy-client",
                                         "", kKubernetesLifetime),
                              *spec.mutable_front_proxy()));
  }
  dynamic_ = spec;
  runtime_.Publish<KubernetesDynamicCert>(kSource, {{"k8s-dynamic-certs", std::move(spec)}});
  return absl::OkStatus();
}

absl::Status ClusterCertificates::UpdateKubeconfigs() {
  if (!facts_.kubernetes.has_value()) {
    return absl::OkStatus();
  }
  const Pem& ca = facts_.kubernetes->issuing_ca();
  const std::string& local = facts_.kubernetes->local_endpoint().full_path();
  KubernetesSecret::Spec spec = kubeconfigs_.value_or(KubernetesSecret::Spec());
  const auto component = [&ca](const std::string& name) {
    return ClientWish(ca, name, name, kKubernetesLifetime);
  };
  const CertificateWish admin =
      ClientWish(ca, "talos:admin", "system:masters", kKubernetesLifetime);
  RETURN_IF_ERROR(IssueInto("controller-manager", component("system:kube-controller-manager"),
                            local, *spec.mutable_controller_manager_kubeconfig()));
  RETURN_IF_ERROR(IssueInto("scheduler", component("system:kube-scheduler"), local,
                            *spec.mutable_scheduler_kubeconfig()));
  RETURN_IF_ERROR(
      IssueInto("localhost-admin", admin, local, *spec.mutable_localhost_admin_kubeconfig()));
  RETURN_IF_ERROR(IssueInto("admin", admin, facts_.kubernetes->endpoint().full_path(),
                            *spec.mutable_admin_kubeconfig()));
  kubeconfigs_ = spec;
  runtime_.Publish<KubernetesSecret>(kSource, {{"k8s-certs", std::move(spec)}});
  return absl::OkStatus();
}

void ClusterCertificates::CheckLater() {
  loop_.RunAt(clock_.Monotonic() + kCheckInterval, [weak = self()] {
    if (const std::shared_ptr<ClusterCertificates*> alive = weak.lock()) {
      (*alive)->Update();
      (*alive)->CheckLater();
    }
  });
}

std::unique_ptr<ClusterCertificates> RegisterClusterCertificates(Runtime& runtime, Loop& loop,
                                                                 const base::Clock& clock) {
  auto certificates = std::make_unique<ClusterCertificates>(runtime, loop, clock);
  runtime.Reconcile("secrets.derive-kubernetes-root", DeriveKubernetesRoot);
  runtime.Reconcile("secrets.derive-etcd-root", DeriveEtcdRoot);
  runtime.Reconcile("secrets.derive-kubelet", DeriveKubeletSecret);
  runtime.Reconcile("secrets.derive-kubernetes-names", DeriveKubernetesNames);
  runtime.Actuate<NodeStage, config::MachineConfig, KubernetesRootSecret, EtcdRootSecret, CertSAN,
                  HostnameStatus, NodeAddress, time::TimeStatus>(
      "secrets.notice-cluster",
      [mailbox = loop.mailbox(), weak = certificates->self()](
          const All<NodeStage>& stages, const All<config::MachineConfig>& configs,
          const All<KubernetesRootSecret>& roots, const All<EtcdRootSecret>& etcd,
          const All<CertSAN>& names, const All<HostnameStatus>& hostnames,
          const All<NodeAddress>& addresses, const All<time::TimeStatus>& times) {
        ClusterCertificates::Facts facts;
        facts.configured =
            !stages.empty() && stages.front().spec().stage() != NodeStage::Spec::STARTING;
        facts.kubernetes = SpecOf(roots, "k8s");
        facts.etcd = SpecOf(etcd, "etcd");
        facts.names = SpecOf(names, "k8s");
        if (!hostnames.empty()) {
          facts.hostname = hostnames.front().spec().hostname();
          facts.fqdn = FullNameOf(hostnames.front().spec());
        }
        if (const auto settings = KubernetesSettings::OfControlPlane(configs);
            settings.has_value()) {
          for (const auto& ip : NodeAddressesOf(addresses, "accumulative", *settings)) {
            facts.ips.push_back(ip.ip());
          }
        }
        facts.time_is_right = TimeIsRight(times);
        mailbox->Post([weak, facts = std::move(facts)]() mutable {
          if (const std::shared_ptr<ClusterCertificates*> self = weak.lock()) {
            (*self)->Set(std::move(facts));
          }
        });
        return absl::OkStatus();
      });
  return certificates;
}

}  // namespace ichor
