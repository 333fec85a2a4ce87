#include "machined/kubernetes/pod_files.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/text.h"

namespace ichor {
namespace {

std::string Names(const PodFiles& pod) {
  std::string names;
  for (const auto& [name, contents] : pod.files) {
    names += (names.empty() ? "" : " ") + name;
  }
  return names;
}

}  // namespace

TEST_CASE("pod files: each program has its own secrets") {
  ControlPlaneSecrets secrets;
  secrets.root = Text(
      "issuing_ca { crt: 'k8s' key: 'k8skey' } accepted_cas { crt: 'k8s' } "
      "accepted_cas { crt: 'old' } accepted_aggregator_cas { crt: 'agg' } "
      "service_account { key: 'sa' } service_account_accepted_keys { key: 'one' } "
      "service_account_accepted_keys { key: 'two' }");
  secrets.etcd_root = Text("etcd_ca { crt: 'etcd' key: 'etcdkey' }");
  secrets.kubeconfigs = Text("scheduler_kubeconfig: 's' controller_manager_kubeconfig: 'c'");
  secrets.certificates = Text(
      "api_server { crt: 'api' key: 'apikey' } api_server_kubelet_client { crt: 'kc' } "
      "front_proxy { crt: 'fp' }");
  secrets.etcd = Text("etcd_api_server { crt: 'ec' key: 'ek' }");
  secrets.encryption = "e\n";
  const auto pods = RenderPodSecrets(secrets);
  REQUIRE(pods.size() == 3);
  CHECK(pods[0].program == "kube-apiserver");
  CHECK(pods[0].user == 65534);
  CHECK(Names(pods[0]) ==
        "aggregator-ca.crt apiserver-kubelet-client.crt apiserver-kubelet-client.key "
        "apiserver.crt apiserver.key ca.crt encryptionconfig.yaml etcd-client-ca.crt "
        "etcd-client.crt etcd-client.key front-proxy-client.crt front-proxy-client.key "
        "service-account.key service-account.pub");
  CHECK(pods[0].files.at("ca.crt") == "k8s\nold\n");
  CHECK(pods[0].files.at("service-account.pub") == "one\ntwo\n");
  CHECK(pods[0].files.at("etcd-client.key") == "ek");
  CHECK(pods[0].files.at("etcd-client-ca.crt") == "etcd");
  CHECK(pods[0].files.at("encryptionconfig.yaml") == "e\n");
  CHECK(pods[1].program == "kube-controller-manager");
  CHECK(pods[1].user == 65535);
  CHECK(Names(pods[1]) == "ca.crt ca.key kubeconfig service-account.key");
  CHECK(pods[1].files.at("ca.crt") == "k8s");
  CHECK(pods[1].files.at("kubeconfig") == "c");
  CHECK(pods[2].user == 65536);
  CHECK(Names(pods[2]) == "kubeconfig");
}

TEST_CASE("pod files: configurations in the forms of Kubernetes") {
  ControlPlaneConfigs configs;
  configs.admission = Text("config { name: 'PodSecurity' configuration {} }");
  configs.audit = Text("config { fields { key: 'kind' value { string_value: 'Policy' } } }");
  configs.authorization = Text(
      "image: 'x:v1.36.0' config { type: 'Node' name: 'node' } "
      "config { type: 'Webhook' name: 'w' webhook {} }");
  const auto pods = RenderPodConfigs(configs);
  REQUIRE(pods.size() == 2);
  CHECK(pods[0].files.at("admission-control-config.yaml") ==
        "apiVersion: apiserver.config.k8s.io/v1\n"
        "kind: AdmissionConfiguration\n"
        "plugins:\n"
        "    - configuration: {}\n"
        "      name: PodSecurity\n");
  CHECK(pods[0].files.at("auditpolicy.yaml") == "kind: Policy\n");
  CHECK(pods[0].files.at("authorization-config.yaml") ==
        "apiVersion: apiserver.config.k8s.io/v1\n"
        "authorizers:\n"
        "    - name: node\n"
        "      type: Node\n"
        "    - name: w\n"
        "      type: Webhook\n"
        "      webhook: {}\n"
        "kind: AuthorizationConfiguration\n");
  CHECK(pods[0].files.at("authentication-config.yaml") == "{}\n");
  CHECK(pods[1].user == 65536);
  CHECK(pods[1].files.at("scheduler-config.yaml") ==
        "apiVersion: kubescheduler.config.k8s.io/v1\n"
        "clientConnection:\n"
        "    kubeconfig: /system/secrets/kubernetes/kube-scheduler/kubeconfig\n"
        "kind: KubeSchedulerConfiguration\n");

  configs.authentication = Text("config { fields { key: 'jwt' value { list_value {} } } }");
  configs.authorization.set_image("x:v1.30.1");
  const auto other = RenderPodConfigs(configs);
  CHECK(other[0].files.at("authentication-config.yaml") ==
        "apiVersion: apiserver.config.k8s.io/v1beta1\n"
        "jwt: []\n"
        "kind: AuthenticationConfiguration\n");
  CHECK(other[0]
            .files.at("authorization-config.yaml")
            .starts_with("apiVersion: apiserver.config.k8s.io/v1beta1\n"));
}

}  // namespace ichor
