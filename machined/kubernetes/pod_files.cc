#include "machined/kubernetes/pod_files.h"

#include <utility>

#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"
#include "machined/kubernetes/arguments.h"
#include "machined/kubernetes/component_configs.h"
#include "machined/kubernetes/component_flags.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using Pem = common::PEMEncodedCertificateAndKey;

void AddPair(const std::string& name, const Pem& pem, PodFiles& pod) {
  pod.files[name + ".crt"] = pem.crt();
  pod.files[name + ".key"] = pem.key();
}

// One after another, each on lines of its own.
template <class Items, class TextOf>
std::string All(const Items& items, TextOf text_of) {
  std::string all;
  for (const auto& item : items) {
    all += text_of(item);
    if (!all.ends_with('\n')) {
      all += '\n';
    }
  }
  return all;
}

std::string Certificates(
    const google::protobuf::RepeatedPtrField<common::PEMEncodedCertificate>& cas) {
  return All(cas, [](const auto& ca) { return ca.crt(); });
}

PodFiles ApiServerSecrets(const ControlPlaneSecrets& secrets) {
  PodFiles pod{.program = kApiServerId, .user = kApiServerUser, .files = {}};
  pod.files["etcd-client-ca.crt"] = secrets.etcd_root.etcd_ca().crt();
  AddPair("etcd-client", secrets.etcd.etcd_api_server(), pod);
  pod.files["ca.crt"] = Certificates(secrets.root.accepted_cas());
  AddPair("apiserver", secrets.certificates.api_server(), pod);
  AddPair("apiserver-kubelet-client", secrets.certificates.api_server_kubelet_client(), pod);
  pod.files["service-account.pub"] =
      All(secrets.root.service_account_accepted_keys(), [](const auto& key) { return key.key(); });
  pod.files["service-account.key"] = secrets.root.service_account().key();
  pod.files["aggregator-ca.crt"] = Certificates(secrets.root.accepted_aggregator_cas());
  AddPair("front-proxy-client", secrets.certificates.front_proxy(), pod);
  pod.files["encryptionconfig.yaml"] = secrets.encryption;
  return pod;
}

std::string AdmissionFile(const k8s::AdmissionControlConfig::Spec& admission) {
  std::vector<Tree> plugins;
  for (const auto& plugin : admission.config()) {
    plugins.emplace_back(
        Object({{"name", plugin.name()}, {"configuration", plugin.configuration()}}));
  }
  return ToYaml(Object({{"apiVersion", "apiserver.config.k8s.io/v1"},
                        {"kind", "AdmissionConfiguration"},
                        {"plugins", plugins}}));
}

const char* AuthorizationVersion(std::uint32_t minor) {
  constexpr std::uint32_t kStable = 32;
  constexpr std::uint32_t kBeta = 30;
  if (minor >= kStable) {
    return "apiserver.config.k8s.io/v1";
  }
  return minor >= kBeta ? "apiserver.config.k8s.io/v1beta1" : "apiserver.config.k8s.io/v1alpha1";
}

std::string AuthorizationFile(const k8s::AuthorizationConfig::Spec& authorization) {
  std::vector<Tree> authorizers;
  for (const auto& from : authorization.config()) {
    Struct authorizer = Object({{"type", from.type()}, {"name", from.name()}});
    if (from.has_webhook()) {
      Set(authorizer, "webhook", from.webhook());
    }
    authorizers.emplace_back(std::move(authorizer));
  }
  return ToYaml(
      Object({{"apiVersion", AuthorizationVersion(KubernetesMinor(authorization.image()))},
              {"kind", "AuthorizationConfiguration"},
              {"authorizers", authorizers}}));
}

std::string AuthenticationFile(const k8s::AuthenticationConfig::Spec& authentication) {
  Struct config = authentication.config();
  if (!config.fields().empty()) {
    Set(config, "apiVersion", "apiserver.config.k8s.io/v1beta1");
    Set(config, "kind", "AuthenticationConfiguration");
  }
  return ToYaml(config);
}

std::string SchedulerFile(const k8s::SchedulerConfig::Spec& scheduler) {
  Struct config = scheduler.config();
  Set(config, "apiVersion", "kubescheduler.config.k8s.io/v1");
  Set(config, "kind", "KubeSchedulerConfiguration");
  const google::protobuf::Value* const given = Find(config, {"clientConnection"});
  Struct connection = given == nullptr ? Struct() : given->struct_value();
  Set(connection, "kubeconfig", std::string(kPodSecrets) + kSchedulerId + "/kubeconfig");
  Set(config, "clientConnection", std::move(connection));
  return ToYaml(config);
}

}  // namespace

std::vector<PodFiles> RenderPodSecrets(const ControlPlaneSecrets& secrets) {
  PodFiles manager{.program = kControllerManagerId, .user = kControllerManagerUser, .files = {}};
  AddPair("ca", secrets.root.issuing_ca(), manager);
  manager.files["service-account.key"] = secrets.root.service_account().key();
  manager.files["kubeconfig"] = secrets.kubeconfigs.controller_manager_kubeconfig();
  PodFiles scheduler{.program = kSchedulerId, .user = kSchedulerUser, .files = {}};
  scheduler.files["kubeconfig"] = secrets.kubeconfigs.scheduler_kubeconfig();
  std::vector<PodFiles> all;
  all.push_back(ApiServerSecrets(secrets));
  all.push_back(std::move(manager));
  all.push_back(std::move(scheduler));
  return all;
}

std::vector<PodFiles> RenderPodConfigs(const ControlPlaneConfigs& configs) {
  PodFiles server{.program = kApiServerId, .user = kApiServerUser, .files = {}};
  server.files["admission-control-config.yaml"] = AdmissionFile(configs.admission);
  server.files["auditpolicy.yaml"] = ToYaml(configs.audit.config());
  server.files["authorization-config.yaml"] = AuthorizationFile(configs.authorization);
  server.files["authentication-config.yaml"] = AuthenticationFile(configs.authentication);
  PodFiles scheduler{.program = kSchedulerId, .user = kSchedulerUser, .files = {}};
  scheduler.files["scheduler-config.yaml"] = SchedulerFile(configs.scheduler);
  std::vector<PodFiles> all;
  all.push_back(std::move(server));
  all.push_back(std::move(scheduler));
  return all;
}

}  // namespace ichor
