#include "machined/secrets/client_file.h"

#include <chrono>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/cluster/client_config.h"
#include "lib/pki/identity.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "machined/kubernetes/test_config.h"
#include "machined/secrets/kubeconfig.h"

namespace ichor {
namespace {

using base::StatusIs;
using Request = machine::GenerateClientConfigurationRequest;

constexpr std::chrono::hours kDay{24};

Request Asking(const std::vector<std::string>& roles) {
  Request request;
  request.mutable_roles()->Assign(roles.begin(), roles.end());
  request.mutable_crt_ttl()->set_seconds(std::chrono::seconds(kDay).count());
  return request;
}

secrets::OSRootSecret::Spec Root(base::WallTime now) {
  const pki::Identity ca = *pki::NewAuthority(pki::OsAuthority(), now);
  secrets::OSRootSecret::Spec root;
  root.mutable_issuing_ca()->set_crt(ca.certificate.ToPem());
  root.mutable_issuing_ca()->set_key(ca.key.ToPem());
  return root;
}

std::string NameIn(const std::string& config) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(config);
  return ClusterNameOf(AllOf<config::MachineConfig>({{"v1alpha1", spec}}));
}

}  // namespace

TEST_CASE("client file: it lets somebody in with the roles and for the time that were asked for") {
  const base::FakeClock clock;
  const auto root = Root(clock.Now());
  const auto made = NewClientFile(root, "home", Asking({"os:reader"}), clock.Now());
  REQUIRE_THAT(made, base::IsOk());
  const pki::Identity client = *pki::IdentityFromPem(made->crt(), made->key());
  CHECK(client.certificate.Organizations() == std::vector<std::string>{"os:reader"});
  CHECK(client.certificate.NotAfter() == clock.Now() + kDay);
  CHECK(made->ca() == root.issuing_ca().crt());
  const pki::ClientConfig file = *pki::ClientConfigFromYaml(made->talosconfig());
  CHECK(file.current == "reader@home");
  CHECK(file.contexts.at("reader@home").endpoints.empty());
  const auto several = NewClientFile(root, "home", Asking({"os:reader", "os:admin"}), clock.Now());
  CHECK(pki::ClientConfigFromYaml(several->talosconfig())->current == "home");
}

TEST_CASE("client file: wrong wishes, and a node without the CA's key, are refused") {
  const base::FakeClock clock;
  auto root = Root(clock.Now());
  CHECK_THAT(NewClientFile(root, "home", Asking({"os:king"}), clock.Now()),
             StatusIs(absl::StatusCode::kInvalidArgument, "there is no role \"os:king\""));
  CHECK(absl::IsInvalidArgument(NewClientFile(root, "home", Asking({}), clock.Now()).status()));
  Request endless = Asking({"os:admin"});
  endless.clear_crt_ttl();
  CHECK_THAT(NewClientFile(root, "home", endless, clock.Now()),
             StatusIs(absl::StatusCode::kInvalidArgument, "crt_ttl must be a second at least"));
  root.mutable_issuing_ca()->clear_key();
  CHECK_THAT(
      NewClientFile(root, "home", Asking({"os:admin"}), clock.Now()),
      StatusIs(absl::StatusCode::kUnimplemented, "this is only available on control plane nodes"));
}

TEST_CASE("client file: the cluster's name is in a document, or in the form before it") {
  CHECK(NameIn("machine: {type: controlplane}\ncluster: {clusterName: old}\n") == "old");
  CHECK(NameIn("apiVersion: v1alpha1\nkind: KubeClusterConfig\nclusterName: new\n") == "new");
  CHECK(ClusterNameOf(AllOf<config::MachineConfig>({})).empty());
}

TEST_CASE("kubeconfig: an administrator's, of the cluster's CA, for as long as the config says") {
  const base::WallTime now = base::WallTime() + std::chrono::hours(1);
  const TestCluster cluster = TestCluster::Make(base::WallTime());
  secrets::KubernetesRootSecret::Spec root =
      Text("name: 'home' endpoint { full_path: 'https://api:6443' } accepted_cas { crt: 'ca' }");
  CHECK_THAT(
      NewKubeconfig(root, std::chrono::hours(1), now).status(),
      StatusIs(absl::StatusCode::kUnimplemented, "this is only available on control plane nodes"));
  root.mutable_issuing_ca()->set_crt(cluster.kubernetes.certificate.ToPem());
  root.mutable_issuing_ca()->set_key(cluster.kubernetes.key.ToPem());
  const auto file = NewKubeconfig(root, std::chrono::hours(2), now);
  REQUIRE_THAT(file, base::IsOk());
  CHECK(file->contains("server: https://api:6443\n"));
  CHECK(file->contains("current-context: admin@home\n"));
  CHECK(file->contains("certificate-authority-data: Y2E=\n"));
  const auto pem = ClientOfKubeconfig(*file);
  const pki::Certificate certificate = pki::IdentityFromPem(pem.crt(), pem.key())->certificate;
  CHECK(certificate.Organizations() == std::vector<std::string>{"system:masters"});
  CHECK(certificate.NotBefore() == now - std::chrono::seconds(10));
  CHECK(certificate.NotAfter() - certificate.NotBefore() == std::chrono::hours(2));
  CHECK(KubeconfigLifetime(ConfigRow(cluster.OneDocument())) == std::chrono::hours(8760));
  CHECK(KubeconfigLifetime(ConfigRow(cluster.OneDocument(
            "adminKubeconfig: {certLifetime: 90m}"))) == std::chrono::minutes(90));
}

}  // namespace ichor
