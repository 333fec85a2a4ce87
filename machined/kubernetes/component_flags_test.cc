#include "machined/kubernetes/component_flags.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"

namespace ichor {
namespace {

using Lines = std::vector<std::string>;

k8s::APIServerConfig::Spec ApiServer() {
  return Text(
      "image: 'registry.k8s.io/kube-apiserver:v1.36.0' etcd_servers: 'https://127.0.0.1:2379' "
      "local_port: 6443 service_cidrs: '10.96.0.0/12' service_cidrs: 'fd02::/112' "
      "advertised_address: '$(POD_IP)' cloud_provider: 'external'");
}

secrets::KubernetesRootSecret::Spec Root() {
  return Text(
      "issuer_url: 'https://api:6443' accepted_issuers: 'https://old:6443' "
      "api_audiences: 'https://api:6443' api_audiences: 'vault'");
}

Lines FlagsOf(const k8s::APIServerConfig::Spec& spec) {
  const auto flags = ApiServerFlags(spec, Root());
  REQUIRE_THAT(flags, base::IsOk());
  return *flags;
}

bool Has(const Lines& lines, const std::string& line) {
  return std::ranges::find(lines, line) != lines.end();
}

template <class Spec>
Spec With(Spec spec, const std::string& flag, const std::string& value) {
  (*spec.mutable_extra_args())[flag].add_values(value);
  return spec;
}

}  // namespace

TEST_CASE("kube-apiserver: its command line") {
  const std::string secrets = "/system/secrets/kubernetes/kube-apiserver/";
  const std::string configs = "/system/config/kubernetes/kube-apiserver/";
  CHECK(FlagsOf(ApiServer()) ==
        Lines{"--admission-control-config-file=" + configs + "admission-control-config.yaml",
              "--advertise-address=$(POD_IP)",
              "--allow-privileged=true",
              "--anonymous-auth=false",
              "--api-audiences=https://api:6443",
              "--api-audiences=vault",
              "--audit-log-maxage=30",
              "--audit-log-maxbackup=10",
              "--audit-log-maxsize=100",
              "--audit-log-path=/var/log/audit/kube/kube-apiserver.log",
              "--audit-policy-file=" + configs + "auditpolicy.yaml",
              "--authorization-config=" + configs + "authorization-config.yaml",
              "--bind-address=0.0.0.0",
              "--client-ca-file=" + secrets + "ca.crt",
              "--enable-admission-plugins=NodeRestriction",
              "--enable-bootstrap-token-auth=true",
              "--encryption-provider-config=" + secrets + "encryptionconfig.yaml",
              "--etcd-cafile=" + secrets + "etcd-client-ca.crt",
              "--etcd-certfile=" + secrets + "etcd-client.crt",
              "--etcd-keyfile=" + secrets + "etcd-client.key",
              "--etcd-servers=https://127.0.0.1:2379",
              "--kubelet-client-certificate=" + secrets + "apiserver-kubelet-client.crt",
              "--kubelet-client-key=" + secrets + "apiserver-kubelet-client.key",
              "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
              "--profiling=false",
              "--proxy-client-cert-file=" + secrets + "front-proxy-client.crt",
              "--proxy-client-key-file=" + secrets + "front-proxy-client.key",
              "--requestheader-allowed-names=front-proxy-client",
              "--requestheader-client-ca-file=" + secrets + "aggregator-ca.crt",
              "--requestheader-extra-headers-prefix=X-Remote-Extra-",
              "--requestheader-group-headers=X-Remote-Group",
              "--requestheader-username-headers=X-Remote-User",
              "--secure-port=6443",
              "--service-account-issuer=https://api:6443",
              "--service-account-issuer=https://old:6443",
              "--service-account-key-file=" + secrets + "service-account.pub",
              "--service-account-signing-key-file=" + secrets + "service-account.key",
              "--service-cluster-ip-range=10.96.0.0/12,fd02::/112",
              "--tls-cert-file=" + secrets + "apiserver.crt",
              "--tls-min-version=VersionTLS13",
              "--tls-private-key-file=" + secrets + "apiserver.key"});
}

TEST_CASE("kube-apiserver: what the config says changes its command line") {
  auto spec = ApiServer();
  spec.set_use_authentication_config(true);
  spec.clear_advertised_address();
  spec.set_image("x:v1.32.4");
  Lines flags = FlagsOf(spec);
  CHECK(Has(flags,
            "--authentication-config=/system/config/kubernetes/kube-apiserver/"
            "authentication-config.yaml"));
  CHECK_FALSE(Has(flags, "--anonymous-auth=false"));
  CHECK_FALSE(Has(flags, "--advertise-address=$(POD_IP)"));
  CHECK(Has(flags, "--cloud-provider=external"));

  flags = FlagsOf(With(ApiServer(), "enable-admission-plugins", "AlwaysPullImages"));
  CHECK(Has(flags, "--enable-admission-plugins=NodeRestriction,AlwaysPullImages"));
  flags = FlagsOf(With(ApiServer(), "authorization-webhook-version", "v1"));
  CHECK(Has(flags, "--authorization-mode=Node,RBAC"));
  CHECK_FALSE(Has(flags,
                  "--authorization-config=/system/config/kubernetes/kube-apiserver/"
                  "authorization-config.yaml"));
  flags = FlagsOf(With(ApiServer(), "authorization-mode", "Webhook"));
  CHECK(Has(flags, "--authorization-mode=Node,RBAC,Webhook"));
  CHECK(Has(FlagsOf(With(ApiServer(), "bind-address", "::")), "--bind-address=::"));
}

TEST_CASE("kube-apiserver: flags that are not the config's to give") {
  const auto* const flag =
      GENERATE("etcd-servers", "client-ca-file", "requestheader-client-ca-file",
               "proxy-client-key-file", "encryption-provider-config", "kubelet-client-key",
               "service-account-key-file", "service-account-signing-key-file", "tls-cert-file",
               "tls-min-version", "tls-private-key-file", "authorization-config");
  CHECK(ApiServerFlags(With(ApiServer(), flag, "x"), Root()).status().message() ==
        "extra arg \"" + std::string(flag) + "\" is not allowed");
}

TEST_CASE("kube-controller-manager: its command line") {
  const std::string secrets = "/system/secrets/kubernetes/kube-controller-manager/";
  const k8s::ControllerManagerConfig::Spec spec = Text(
      "image: 'x:v1.36.0' pod_cidrs: '10.244.0.0/16' service_cidrs: '10.96.0.0/12' "
      "node_cidr_mask_size_ipv4: 24 node_cidr_mask_size_ipv6: 64");
  const auto flags = ControllerManagerFlags(spec);
  REQUIRE_THAT(flags, base::IsOk());
  CHECK(*flags ==
        Lines{"--allocate-node-cidrs=true", "--authentication-kubeconfig=" + secrets + "kubeconfig",
              "--authorization-kubeconfig=" + secrets + "kubeconfig", "--bind-address=127.0.0.1",
              "--cluster-cidr=10.244.0.0/16", "--cluster-signing-cert-file=" + secrets + "ca.crt",
              "--cluster-signing-key-file=" + secrets + "ca.key", "--configure-cloud-routes=false",
              "--controllers=*", "--kubeconfig=" + secrets + "kubeconfig", "--leader-elect=true",
              "--node-cidr-mask-size-ipv4=24", "--profiling=false",
              "--root-ca-file=" + secrets + "ca.crt",
              "--service-account-private-key-file=" + secrets + "service-account.key",
              "--service-cluster-ip-range=10.96.0.0/12", "--terminated-pod-gc-threshold=100",
              "--tls-min-version=VersionTLS13", "--use-service-account-credentials=true"});
  CHECK(Has(*ControllerManagerFlags(With(spec, "controllers", "-cloud-node-lifecycle")),
            "--controllers=*,-cloud-node-lifecycle"));
  CHECK(ControllerManagerFlags(With(spec, "root-ca-file", "x")).status().message() ==
        "extra arg \"root-ca-file\" is not allowed");
}

TEST_CASE("kube-scheduler: its command line") {
  const std::string kubeconfig = "/system/secrets/kubernetes/kube-scheduler/kubeconfig";
  const auto flags = SchedulerFlags({});
  REQUIRE_THAT(flags, base::IsOk());
  CHECK(*flags == Lines{"--authentication-kubeconfig=" + kubeconfig,
                        "--authentication-tolerate-lookup-failure=false",
                        "--authorization-kubeconfig=" + kubeconfig, "--bind-address=127.0.0.1",
                        "--config=/system/config/kubernetes/kube-scheduler/scheduler-config.yaml",
                        "--leader-elect=true", "--profiling=false",
                        "--tls-min-version=VersionTLS13"});
  CHECK(SchedulerFlags(With(k8s::SchedulerConfig::Spec(), "config", "x")).status().message() ==
        "extra arg \"config\" is not allowed");
}

}  // namespace ichor
