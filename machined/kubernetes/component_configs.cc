#include "machined/kubernetes/component_configs.h"

#include <algorithm>
#include <array>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"
#include "machined/kubernetes/component_flags.h"
#include "machined/kubernetes/quantity.h"
#include "machined/kubernetes/settings.h"

namespace ichor {
namespace {

namespace v1alpha1 = config::v1alpha1;
namespace definitions = talos::resource::definitions::k8s;
using google::protobuf::Struct;
using google::protobuf::Value;

// What the three programs have in common.
template <class Document, class Spec>
void TakeComponent(const Document& document, Spec& spec) {
  spec.set_image(document.image());
  for (const auto& [flag, given] : document.extra_args()) {
    *(*spec.mutable_extra_args())[flag].mutable_values() = given.values();
  }
  *spec.mutable_environment_variables() = document.env();
  TakeResources(document.resources(), *spec.mutable_resources());
}

// Only the one-document form has them.
template <class Section, class Spec>
void TakeVolumes(const Section& section, Spec& spec) {
  int number = 0;
  for (const v1alpha1::ExtraVolume& from : section.extra_volumes()) {
    definitions::ExtraVolume& volume = *spec.add_extra_volumes();
    volume.set_name(std::format("extra-volume-{}", number++));
    volume.set_host_path(from.host_path());
    volume.set_mount_path(from.mount_path());
    volume.set_read_only(from.readonly());
  }
}

std::string CloudProvider(const KubernetesSettings& settings) {
  return settings.cluster().external_cloud_provider().enabled() ? "external" : "";
}

// Whether the API server answers those whom it does not know when they ask how it is. The kubelet
// asks as nobody, and ends an API server that refuses.
bool AnswersProbes(const KubernetesSettings& settings,
                   const v1alpha1::KubeAPIServerConfig& server) {
  constexpr std::array<std::string_view, 2> kPaths = {"/livez", "/readyz"};
  const auto* const document = settings.config().Get<v1alpha1::KubeAuthenticationConfig>();
  if (document == nullptr) {
    const auto given = server.extra_args().find("anonymous-auth");
    return given != server.extra_args().end() && given->second.values_size() == 1 &&
           given->second.values(0) == "true";
  }
  const Value* const anonymous = Find(document->configuration(), {"anonymous"});
  if (anonymous == nullptr) {
    return true;
  }
  const Value* const enabled = Find(anonymous->struct_value(), {"enabled"});
  const Value* const conditions = Find(anonymous->struct_value(), {"conditions"});
  if (enabled == nullptr || !enabled->bool_value()) {
    return false;
  }
  return conditions == nullptr || conditions->list_value().values().empty() ||
         std::ranges::all_of(kPaths, [conditions](std::string_view path) {
           return std::ranges::any_of(conditions->list_value().values(),
                                      [path](const Value& condition) {
                                        return TextAt(condition.struct_value(), {"path"}) == path;
                                      });
         });
}

// Both rows of a program.
template <class T>
absl::StatusOr<Desired<T>> WithFlags(const char* id, typename T::Spec spec,
                                     absl::StatusOr<std::vector<std::string>> flags) {
  RETURN_IF_ERROR(flags.status());
  Desired<T> rows;
  rows.Add(id, spec);
  spec.mutable_args()->Assign(flags->begin(), flags->end());
  rows.Add(std::string(kFinalPrefix) + id, std::move(spec));
  return rows;
}

// The policy without one of the config: who did what, without contents.
Struct DefaultAuditPolicy() {
  return Object({{"apiVersion", "audit.k8s.io/v1"},
                 {"kind", "Policy"},
                 {"rules", List({Object({{"level", "Metadata"}})})}});
}

void AddAuthorizer(const std::string& type, const std::string& name, const Struct* webhook,
                   k8s::AuthorizationConfig::Spec& spec) {
  definitions::AuthorizationAuthorizersSpec& authorizer = *spec.add_config();
  authorizer.set_type(type);
  authorizer.set_name(name);
  if (webhook != nullptr) {
    *authorizer.mutable_webhook() = *webhook;
  }
}

bool HasType(const k8s::AuthorizationConfig::Spec& spec, std::string_view type) {
  return std::ranges::any_of(spec.config(),
                             [type](const auto& authorizer) { return authorizer.type() == type; });
}

// Puts the last one at `place`.
void MoveLast(k8s::AuthorizationConfig::Spec& spec, int place) {
  for (int at = spec.config_size() - 1; at > place; --at) {
    spec.mutable_config()->SwapElements(at, at - 1);
  }
}

Struct EncryptionProvider(const std::string& kind, const std::string& key,
                          const std::string& secret) {
  return Object({{kind, Object({{"keys", List({Object({{"name", key}, {"secret", secret}})})}})}});
}

}  // namespace

absl::StatusOr<Desired<k8s::APIServerConfig>> DeriveApiServer(
    const All<config::MachineConfig>& configs, const All<secrets::KubernetesRootSecret>& roots) {
  const auto settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value() || roots.empty()) {
    return Desired<k8s::APIServerConfig>();
  }
  const v1alpha1::KubeAPIServerConfig server = settings->ApiServer();
  k8s::APIServerConfig::Spec spec;
  TakeComponent(server, spec);
  TakeVolumes(settings->cluster().api_server(), spec);
  spec.set_cloud_provider(CloudProvider(*settings));
  spec.set_control_plane_endpoint(settings->Cluster().endpoint());
  spec.add_etcd_servers("https://127.0.0.1:2379");
  spec.set_local_port(server.api_port());
  *spec.mutable_service_cidrs() = settings->Networks().service_subnets();
  if (!settings->Node().skip_node_registration()) {
    spec.set_advertised_address("$(POD_IP)");
  }
  spec.set_startup_probes_enabled(server.startup_probes() && AnswersProbes(*settings, server));
  spec.set_use_authentication_config(settings->config().Get<v1alpha1::KubeAuthenticationConfig>() !=
                                     nullptr);
  auto flags = ApiServerFlags(spec, roots.front().spec());
  return WithFlags<k8s::APIServerConfig>(kApiServerId, std::move(spec), std::move(flags));
}

absl::StatusOr<Desired<k8s::ControllerManagerConfig>> DeriveControllerManager(
    const All<config::MachineConfig>& configs) {
  const auto settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value()) {
    return Desired<k8s::ControllerManagerConfig>();
  }
  const v1alpha1::KubeControllerManagerConfig manager = settings->ControllerManager();
  const v1alpha1::KubeNetworkConfig networks = settings->Networks();
  k8s::ControllerManagerConfig::Spec spec;
  spec.set_enabled(manager.enabled());
  TakeComponent(manager, spec);
  TakeVolumes(settings->cluster().controller_manager(), spec);
  spec.set_cloud_provider(CloudProvider(*settings));
  *spec.mutable_pod_cidrs() = networks.pod_subnets();
  *spec.mutable_service_cidrs() = networks.service_subnets();
  spec.set_node_cidr_mask_size_ipv4(networks.node_cidr_mask_size_ipv4());
  spec.set_node_cidr_mask_size_ipv6(networks.node_cidr_mask_size_ipv6());
  auto flags = ControllerManagerFlags(spec);
  return WithFlags<k8s::ControllerManagerConfig>(kControllerManagerId, std::move(spec),
                                                 std::move(flags));
}

absl::StatusOr<Desired<k8s::SchedulerConfig>> DeriveScheduler(
    const All<config::MachineConfig>& configs) {
  const auto settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value()) {
    return Desired<k8s::SchedulerConfig>();
  }
  const v1alpha1::KubeSchedulerConfig scheduler = settings->Scheduler();
  k8s::SchedulerConfig::Spec spec;
  spec.set_enabled(scheduler.enabled());
  TakeComponent(scheduler, spec);
  TakeVolumes(settings->cluster().scheduler(), spec);
  *spec.mutable_config() = scheduler.config();
  auto flags = SchedulerFlags(spec);
  return WithFlags<k8s::SchedulerConfig>(kSchedulerId, std::move(spec), std::move(flags));
}

absl::StatusOr<Desired<k8s::AdmissionControlConfig>> DeriveAdmissionControl(
    const All<config::MachineConfig>& configs) {
  const auto settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value()) {
    return Desired<k8s::AdmissionControlConfig>();
  }
  k8s::AdmissionControlConfig::Spec spec;
  const auto add = [&spec](const auto& plugin) {
    definitions::AdmissionPluginSpec& row = *spec.add_config();
    row.set_name(plugin.name());
    *row.mutable_configuration() = plugin.configuration();
  };
  const auto documents = settings->config().All<v1alpha1::KubeAdmissionControlConfig>();
  for (const auto* document : documents) {
    add(*document);
  }
  if (documents.empty()) {
    for (const auto& plugin : settings->cluster().api_server().admission_control()) {
      add(plugin);
    }
  }
  return Desired<k8s::AdmissionControlConfig>{{"admission-control", std::move(spec)}};
}

absl::StatusOr<Desired<k8s::AuditPolicyConfig>> DeriveAuditPolicy(
    const All<config::MachineConfig>& configs) {
  const auto settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value()) {
    return Desired<k8s::AuditPolicyConfig>();
  }
  k8s::AuditPolicyConfig::Spec spec;
  if (const auto* document = settings->config().Get<v1alpha1::KubeAuditPolicyConfig>()) {
    *spec.mutable_config() = document->configuration();
  } else {
    *spec.mutable_config() = settings->cluster().api_server().audit_policy();
  }
  if (spec.config().fields().empty()) {
    *spec.mutable_config() = DefaultAuditPolicy();
  }
  return Desired<k8s::AuditPolicyConfig>{{"audit-policy", std::move(spec)}};
}

absl::StatusOr<Desired<k8s::AuthenticationConfig>> DeriveAuthentication(
    const All<config::MachineConfig>& configs) {
  const auto settings = KubernetesSettings::OfControlPlane(configs);
  const auto* const document =
      settings.has_value() ? settings->config().Get<v1alpha1::KubeAuthenticationConfig>() : nullptr;
  if (document == nullptr) {
    return Desired<k8s::AuthenticationConfig>();
  }
  k8s::AuthenticationConfig::Spec spec;
  *spec.mutable_config() = document->configuration();
  return Desired<k8s::AuthenticationConfig>{{"authentication-config", std::move(spec)}};
}

absl::StatusOr<Desired<k8s::AuthorizationConfig>> DeriveAuthorization(
    const All<config::MachineConfig>& configs) {
  const auto settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value()) {
    return Desired<k8s::AuthorizationConfig>();
  }
  k8s::AuthorizationConfig::Spec spec;
  spec.set_image(settings->ApiServer().image());
  const auto add = [&spec](const auto& authorizer) {
    AddAuthorizer(authorizer.type(), authorizer.name(),
                  authorizer.has_webhook() ? &authorizer.webhook() : nullptr, spec);
  };
  const auto documents = settings->config().All<v1alpha1::KubeAuthorizerConfig>();
  for (const auto* document : documents) {
    add(*document);
  }
  if (documents.empty()) {
    for (const auto& authorizer : settings->cluster().api_server().authorization_config()) {
      add(authorizer);
    }
  }
  constexpr std::array<std::pair<const char*, const char*>, 2> kAlways = {
      {{"Node", "node"}, {"RBAC", "rbac"}}};
  for (int place = 0; const auto& [type, name] : kAlways) {
    if (!HasType(spec, type)) {
      AddAuthorizer(type, name, nullptr, spec);
      MoveLast(spec, place);
    }
    ++place;
  }
  return Desired<k8s::AuthorizationConfig>{{"authorization", std::move(spec)}};
}

absl::StatusOr<Desired<k8s::EtcdEncryptionConfig>> RenderEncryption(
    const All<secrets::KubernetesRootSecret>& roots) {
  if (roots.empty()) {
    return Desired<k8s::EtcdEncryptionConfig>();
  }
  const secrets::KubernetesRootSecret::Spec& root = roots.front().spec();
  Struct config = root.etcd_encryption_config();
  if (!config.fields().empty()) {
    if (Find(config, {"kind"}) == nullptr) {
      Set(config, "apiVersion", "apiserver.config.k8s.io/v1");
      Set(config, "kind", "EncryptionConfiguration");
    }
  } else {
    std::vector<Tree> providers;
    if (!root.secretbox_encryption_secret().empty()) {
      providers.emplace_back(
          EncryptionProvider("secretbox", "key2", root.secretbox_encryption_secret()));
    }
    if (!root.aes_cbc_encryption_secret().empty()) {
      providers.emplace_back(
          EncryptionProvider("aescbc", "key1", root.aes_cbc_encryption_secret()));
    }
    providers.emplace_back(Object({{"identity", Object({})}}));
    config =
        Object({{"apiVersion", "v1"},
                {"kind", "EncryptionConfig"},
                {"resources",
                 List({Object({{"resources", List({"secrets"})}, {"providers", providers}})})}});
  }
  k8s::EtcdEncryptionConfig::Spec spec;
  spec.set_configuration(ToYaml(config));
  return Desired<k8s::EtcdEncryptionConfig>{{"k8s", std::move(spec)}};
}

}  // namespace ichor
