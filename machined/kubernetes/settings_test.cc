#include "machined/kubernetes/settings.h"

#include <chrono>

#include "catch2/catch_test_macros.hpp"
#include "machined/kubernetes/test_config.h"

namespace ichor {
namespace {

const TestCluster& Cluster() {
  static const TestCluster* const kCluster = new TestCluster(TestCluster::Make(base::WallTime()));
  return *kCluster;
}

KubernetesSettings Read(const std::string& text) {
  auto settings = KubernetesSettings::OfControlPlane(ConfigRow(text));
  REQUIRE(settings.has_value());
  return *std::move(settings);
}

}  // namespace

TEST_CASE("kubernetes settings: the one-document form is read with its defaults") {
  const KubernetesSettings settings = Read(Cluster().OneDocument());
  CHECK(settings.Cluster().cluster_name() == "home");
  CHECK(settings.Cluster().endpoint() == "https://api.example.org:6443");
  CHECK(settings.Networks().dns_domain() == "cluster.local");
  CHECK(settings.Networks().pod_subnets(0) == "10.244.0.0/16");
  CHECK(settings.Networks().service_subnets(0) == "10.96.0.0/12");
  CHECK(settings.Networks().node_cidr_mask_size_ipv4() == 24);
  CHECK(settings.ApiServer().image() == "registry.k8s.io/kube-apiserver:v1.36.0");
  CHECK(settings.ApiServer().api_port() == 6443);
  CHECK(settings.ControllerManager().enabled());
  CHECK(settings.Scheduler().enabled());
  CHECK(settings.Proxy().mode() == "nftables");
  CHECK(settings.CoreDns().enabled());
  CHECK(settings.CniName() == "flannel");
  CHECK(settings.Flannel().has_value());
  CHECK(settings.KubePrism().port() == 0);
  CHECK(settings.Kubelet().image() == "ghcr.io/siderolabs/kubelet:v1.36.0");
  CHECK(settings.Node().taints().at("node-role.kubernetes.io/control-plane") == "NoSchedule");
  CHECK(settings.Ca().issuing_ca().cert() == Cluster().kubernetes.certificate.ToPem());
  CHECK(settings.ServiceAccount().issuer().private_key() == Cluster().service_account.ToPem());
  CHECK(settings.ServiceAccount().accepted().audiences(0) == "https://api.example.org:6443");
}

TEST_CASE("kubernetes settings: sections of the one-document form say otherwise") {
  const KubernetesSettings settings = Read(Cluster().OneDocument(
      "allowSchedulingOnControlPlanes: true\n  network: {cni: {name: none}}\n"
      "  proxy: {disabled: true}\n  coreDNS: {disabled: true}\n"
      "  apiServer: {certSANs: [10.0.0.9], extraArgs: {v: \"2\"}}",
      "features: {kubePrism: {enabled: true}}\n  controlPlane: {scheduler: {disabled: true}}"));
  CHECK(settings.Node().taints().empty());
  CHECK(settings.CniName() == "none");
  CHECK_FALSE(settings.Flannel().has_value());
  CHECK_FALSE(settings.Proxy().enabled());
  CHECK_FALSE(settings.CoreDns().enabled());
  CHECK_FALSE(settings.Scheduler().enabled());
  CHECK(settings.KubePrism().port() == 7445);
  CHECK(settings.ApiServer().cert_extra_sans(0) == "10.0.0.9");
  CHECK(settings.ApiServer().extra_args().at("v").values(0) == "2");
}

TEST_CASE("kubernetes settings: documents count before sections") {
  const KubernetesSettings settings = Read(Cluster().Documents(
      "---\napiVersion: v1alpha1\nkind: KubeAPIServerConfig\nimage: x:v1.36.1\napiPort: 7443\n"
      "---\napiVersion: v1alpha1\nkind: KubeSchedulerConfig\nenabled: false\nimage: y:v1.36.1\n"));
  CHECK(settings.ApiServer().image() == "x:v1.36.1");
  CHECK(settings.ApiServer().api_port() == 7443);
  CHECK(settings.ApiServer().startup_probes());
  CHECK_FALSE(settings.Scheduler().enabled());
  CHECK(settings.Networks().pod_subnets_size() == 2);
  CHECK(settings.Networks().node_cidr_mask_size_ipv6() == 64);
  CHECK(settings.KubePrism().port() == 7445);
  CHECK(settings.CniName() == "none");
  CHECK(settings.ServiceAccount().issuer().private_key() == Cluster().service_account.ToPem());
  CHECK(settings.Ca().issuing_ca().key() == Cluster().kubernetes.key.ToPem());
}

TEST_CASE(
    "kubernetes settings: a worker, or a machine without the CA's key, runs no control plane") {
  CHECK_FALSE(
      KubernetesSettings::OfControlPlane(ConfigRow("machine: {type: worker}\ncluster: {}\n"))
          .has_value());
  CHECK_FALSE(
      KubernetesSettings::OfControlPlane(ConfigRow("machine: {type: controlplane}\ncluster: {}\n"))
          .has_value());
  CHECK(KubernetesSettings::Of(ConfigRow("machine: {type: worker}\ncluster: {}\n")).has_value());
  CHECK_FALSE(KubernetesSettings::Of(AllOf<config::MachineConfig>({})).has_value());
}

}  // namespace ichor
