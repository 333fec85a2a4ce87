#include "machined/secrets/cluster_certificates.h"

#include <openssl/x509v3.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/pki/names.h"
#include "lib/resource/address_text.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "machined/kubernetes/test_config.h"
#include "machined/secrets/kubeconfig.h"

namespace ichor {
namespace {

using boot::NodeStage;
using network::HostnameStatus;
using network::NodeAddress;
using secrets::EtcdSecret;
using secrets::KubernetesDynamicCert;
using secrets::KubernetesSecret;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;
using Pem = common::PEMEncodedCertificateAndKey;

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

struct Fixture {
  Fixture() {
    t.runtime.AddSource<NodeAddress>("networkd");
    t.runtime.AddSource<HostnameStatus>("hostname");
    t.runtime.AddSource<config::MachineConfig>("config");
    t.runtime.AddSource<NodeStage>("config");
    t.runtime.AddSource<time::TimeStatus>("networkd");
    t.runtime.Publish<NodeStage>("config", {{"stage", Text("stage: CONFIGURED")}});
    t.runtime.Publish<HostnameStatus>("hostname", {{"hostname", Text("hostname: 'n1'")}});
    SetTime(true);
    SetAddresses({"192.168.0.2/24"});
    SetConfig(Cluster().OneDocument());
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  }
  void SetConfig(const std::string& text) {
    config::MachineConfig::Spec spec;
    spec.set_yaml_marshalled(text);
    t.runtime.Publish<config::MachineConfig>("config", {{"v1alpha1", spec}});
  }
  void SetTime(bool synced) {
    time::TimeStatus::Spec spec;
    spec.set_synced(synced);
    t.runtime.Publish<time::TimeStatus>("networkd", {{"node", spec}});
  }
  void SetAddresses(const std::vector<std::string>& addresses) {
    NodeAddress::Spec list;
    for (const std::string& address : addresses) {
      *list.add_addresses() = *ParseNetIPPrefix(address);
    }
    t.runtime.Publish<NodeAddress>("networkd", {{"accumulative", list}});
  }
  void Turn() {
    t.Settle();
    t.Advance(1s);
  }
  EtcdSecret::Spec Etcd() { return t.runtime.Read<EtcdSecret>().front().spec(); }
  KubernetesDynamicCert::Spec Dynamic() {
    return t.runtime.Read<KubernetesDynamicCert>().front().spec();
  }
  KubernetesSecret::Spec Files() { return t.runtime.Read<KubernetesSecret>().front().spec(); }

  TestRuntime t;
  std::unique_ptr<ClusterCertificates> certificates =
      RegisterClusterCertificates(t.runtime, *t.loop, t.clock);
};

pki::Certificate Read(const Pem& pem) {
  return pki::IdentityFromPem(pem.crt(), pem.key())->certificate;
}

std::string Subject(const pki::Certificate& certificate) {
  std::string text = pki::CommonNameOf(X509_get_subject_name(certificate.get()));
  for (const std::string& organization : certificate.Organizations()) {
    text += " / " + organization;
  }
  return text;
}

bool HasName(const Pem& pem, const char* name) {
  return X509_check_host(Read(pem).get(), name, 0, 0, nullptr) == 1;
}

bool HasIp(const Pem& pem, const char* ip) {
  return X509_check_ip_asc(Read(pem).get(), ip, 0) == 1;
}

bool IsOf(const Pem& pem, const pki::Identity& ca) {
  return X509_verify(Read(pem).get(), X509_get0_pubkey(ca.certificate.get())) == 1;
}

constexpr unsigned kKeyUsage = X509v3_KU_DIGITAL_SIGNATURE | X509v3_KU_KEY_ENCIPHERMENT;

}  // namespace

TEST_CASE("cluster certificates: those of etcd are as clients and peers expect them") {
  Fixture f;
  f.Turn();
  const EtcdSecret::Spec etcd = f.Etcd();
  CHECK(Subject(Read(etcd.etcd())) == "n1");
  CHECK(Subject(Read(etcd.etcd_peer())) == "n1");
  CHECK(Subject(Read(etcd.etcd_admin())) == "talos");
  CHECK(Subject(Read(etcd.etcd_api_server())) == "kube-apiserver");
  for (const Pem& pem :
       {etcd.etcd(), etcd.etcd_peer(), etcd.etcd_admin(), etcd.etcd_api_server()}) {
    CHECK(IsOf(pem, Cluster().etcd));
    CHECK(Read(pem).NotAfter() - Read(pem).NotBefore() == 87600h);
    CHECK(X509_get_key_usage(Read(pem).get()) == kKeyUsage);
  }
  for (const Pem& pem : {etcd.etcd(), etcd.etcd_peer()}) {
    CHECK(HasName(pem, "n1"));
    CHECK(HasIp(pem, "192.168.0.2"));
    CHECK(X509_get_extended_key_usage(Read(pem).get()) == (XKU_SSL_SERVER | XKU_SSL_CLIENT));
  }
  CHECK(HasName(etcd.etcd(), "localhost"));
  CHECK(HasIp(etcd.etcd(), "127.0.0.1"));
  CHECK(HasIp(etcd.etcd(), "::1"));
  CHECK_FALSE(HasName(etcd.etcd_peer(), "localhost"));
  CHECK(Read(etcd.etcd_admin()).IsForClientsOnly());
}

TEST_CASE("cluster certificates: those of Kubernetes") {
  Fixture f;
  f.Turn();
  const KubernetesDynamicCert::Spec dynamic = f.Dynamic();
  CHECK(Subject(Read(dynamic.api_server())) == "kube-apiserver / kube-master");
  CHECK(HasName(dynamic.api_server(), "kubernetes.default.svc.cluster.local"));
  CHECK(HasIp(dynamic.api_server(), "10.96.0.1"));
  CHECK(HasIp(dynamic.api_server(), "192.168.0.2"));
  CHECK(dynamic.api_server().crt().ends_with(Cluster().kubernetes.certificate.ToPem()));
  CHECK(X509_get_extended_key_usage(Read(dynamic.api_server()).get()) == XKU_SSL_SERVER);
  CHECK(Subject(Read(dynamic.api_server_kubelet_client())) ==
        "apiserver-kubelet-client / system:masters");
  CHECK(Subject(Read(dynamic.front_proxy())) == "front-proxy-client");
  CHECK(IsOf(dynamic.api_server(), Cluster().kubernetes));
  CHECK(IsOf(dynamic.front_proxy(), Cluster().aggregator));
  CHECK(Read(dynamic.api_server()).NotAfter() - Read(dynamic.api_server()).NotBefore() == 8760h);
  const KubernetesSecret::Spec files = f.Files();
  const std::pair<std::string, std::string> subjects[] = {
      {files.controller_manager_kubeconfig(),
       "system:kube-controller-manager / system:kube-controller-manager"},
      {files.scheduler_kubeconfig(), "system:kube-scheduler / system:kube-scheduler"},
      {files.admin_kubeconfig(), "talos:admin / system:masters"},
      {files.localhost_admin_kubeconfig(), "talos:admin / system:masters"}};
  for (const auto& [file, subject] : subjects) {
    CHECK(Subject(Read(ClientOfKubeconfig(file))) == subject);
    CHECK(Read(ClientOfKubeconfig(file)).IsForClientsOnly());
  }
  CHECK(files.admin_kubeconfig().contains("server: https://api.example.org:6443\n"));
  CHECK(files.localhost_admin_kubeconfig().contains("server: https://localhost:6443\n"));
}

TEST_CASE("cluster certificates: a new address makes those with addresses anew, and no other") {
  Fixture f;
  f.Turn();
  const EtcdSecret::Spec etcd = f.Etcd();
  const KubernetesDynamicCert::Spec dynamic = f.Dynamic();
  f.Turn();
  CHECK(f.Etcd().etcd().crt() == etcd.etcd().crt());
  f.SetAddresses({"192.168.0.2/24", "192.168.0.3/24"});
  f.Turn();
  CHECK(HasIp(f.Etcd().etcd(), "192.168.0.3"));
  CHECK(HasIp(f.Dynamic().api_server(), "192.168.0.3"));
  CHECK(f.Etcd().etcd_admin().crt() == etcd.etcd_admin().crt());
  CHECK(f.Dynamic().front_proxy().crt() == dynamic.front_proxy().crt());
}

TEST_CASE("cluster certificates: half of the time is over") {
  Fixture f;
  f.Turn();
  const KubernetesDynamicCert::Spec dynamic = f.Dynamic();
  const EtcdSecret::Spec etcd = f.Etcd();
  const std::string admin = f.Files().admin_kubeconfig();
  f.t.clock.Advance(4360h);
  f.Turn();
  CHECK(f.Dynamic().api_server().crt() == dynamic.api_server().crt());
  f.t.clock.Advance(24h);
  f.Turn();
  CHECK(f.Dynamic().api_server().crt() != dynamic.api_server().crt());
  CHECK(f.Files().admin_kubeconfig() != admin);
  CHECK(f.Etcd().etcd().crt() == etcd.etcd().crt());
}

TEST_CASE("cluster certificates: none before the time is right, nor without a name or an address") {
  Fixture f;
  f.SetTime(false);
  f.Turn();
  CHECK(f.t.runtime.Read<EtcdSecret>().empty());
  f.SetTime(true);
  f.SetAddresses({});
  f.Turn();
  CHECK(f.t.runtime.Read<EtcdSecret>().empty());
  f.SetAddresses({"192.168.0.2/24"});
  f.Turn();
  CHECK(f.t.runtime.Read<EtcdSecret>().size() == 1);
}

TEST_CASE(
    "cluster certificates: those of an earlier machined stay, though it knew more addresses") {
  Fixture before;
  before.SetAddresses({"192.168.0.2/24", "192.168.0.3/24"});
  before.Turn();
  Fixture f;
  auto facts = [&f](const auto& spec, auto tag) {
    f.t.runtime.Publish<decltype(tag)>("secrets.cluster-certificates", {{"x", spec}});
  };
  facts(before.Etcd(), EtcdSecret());
  facts(before.Dynamic(), KubernetesDynamicCert());
  facts(before.Files(), KubernetesSecret());
  f.t.runtime.Settle();
  f.certificates = std::make_unique<ClusterCertificates>(f.t.runtime, *f.t.loop, f.t.clock);
  ClusterCertificates::Facts known{.configured = true,
                                   .kubernetes = {},
                                   .etcd = {},
                                   .names = {},
                                   .hostname = "n1",
                                   .fqdn = "n1",
                                   .ips = {std::string("\xc0\xa8\0\x02", 4)},
                                   .time_is_right = true};
  known.kubernetes = before.t.runtime.Read<secrets::KubernetesRootSecret>().front().spec();
  known.etcd = before.t.runtime.Read<secrets::EtcdRootSecret>().front().spec();
  known.names = secrets::CertSAN::Spec();
  f.certificates->Set(known);
  f.Turn();
  CHECK(f.Etcd().etcd().crt() == before.Etcd().etcd().crt());
  CHECK(f.Dynamic().api_server().crt() == before.Dynamic().api_server().crt());
  CHECK(f.Files().admin_kubeconfig() == before.Files().admin_kubeconfig());
}

TEST_CASE("cluster certificates: a worker has none, and what was there goes") {
  Fixture f;
  f.Turn();
  CHECK(f.t.runtime.Read<KubernetesSecret>().size() == 1);
  f.SetConfig("machine: {type: worker}\ncluster: {}\n");
  f.Turn();
  CHECK(f.t.runtime.Read<KubernetesSecret>().empty());
  CHECK(f.t.runtime.Read<EtcdSecret>().empty());
  CHECK(f.t.runtime.Read<KubernetesDynamicCert>().empty());
}

}  // namespace ichor
