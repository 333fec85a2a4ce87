#include "machined/cri/registries.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/cri.pb.h"
#include "config/legacy.pb.h"
#include "machined/config/active_config.h"
#include "machined/cri/base_spec.h"

namespace ichor {
namespace {

using cri::BaseRuntimeSpecConfig;
using cri::CustomizationConfig;
using cri::RegistryConfig;
using Registries = RegistryConfig::Spec;

// Where machine.files has what containerd is told besides.
constexpr std::string_view kLegacyPart = "/etc/cri/conf.d/20-customization.part";

void TakeLegacy(const config::v1alpha1::LegacyRegistries& legacy, Registries& registries) {
  for (const auto& [host, from] : legacy.mirrors()) {
    auto& mirror = (*registries.mutable_registry_mirrors())[host];
    for (const auto& url : from.endpoints()) {
      auto* const endpoint = mirror.add_mirror_endpoints();
      endpoint->set_endpoint_endpoint(url);
      endpoint->set_endpoint_override_path(from.override_path());
    }
    mirror.set_mirror_skip_fallback(from.skip_fallback());
  }
  for (const auto& [host, from] : legacy.config()) {
    if (from.has_tls()) {
      auto& tls = (*registries.mutable_registry_tls())[host];
      tls.set_tls_ca(from.tls().ca());
      tls.set_tls_insecure_skip_verify(from.tls().insecure_skip_verify());
      if (from.tls().has_client_identity()) {
        tls.mutable_tls_client_identity()->set_crt(from.tls().client_identity().crt());
        tls.mutable_tls_client_identity()->set_key(from.tls().client_identity().key());
      }
    }
    if (from.has_auth()) {
      auto& auth = (*registries.mutable_registry_auths())[host];
      auth.set_registry_username(from.auth().username());
      auth.set_registry_password(from.auth().password());
      auth.set_registry_auth(from.auth().auth());
      auth.set_registry_identity_token(from.auth().identity_token());
    }
  }
}

void TakeMirrors(const config::Config& config, Registries& registries) {
  for (const auto* from : config.All<config::v1alpha1::RegistryMirrorConfig>()) {
    auto& mirror = (*registries.mutable_registry_mirrors())[from->name()];
    mirror.Clear();
    for (const auto& endpoint : from->endpoints()) {
      auto* const added = mirror.add_mirror_endpoints();
      added->set_endpoint_endpoint(endpoint.url());
      added->set_endpoint_override_path(endpoint.override_path());
    }
    mirror.set_mirror_skip_fallback(from->skip_fallback());
  }
}

void TakeTls(const config::Config& config, Registries& registries) {
  for (const auto* from : config.All<config::v1alpha1::RegistryTLSConfig>()) {
    auto& tls = (*registries.mutable_registry_tls())[from->name()];
    tls.Clear();
    tls.set_tls_ca(from->ca());
    tls.set_tls_insecure_skip_verify(from->insecure_skip_verify());
    if (from->has_client_identity()) {
      tls.mutable_tls_client_identity()->set_crt(from->client_identity().cert());
      tls.mutable_tls_client_identity()->set_key(from->client_identity().key());
    }
  }
}

void TakeAuths(const config::Config& config, Registries& registries) {
  for (const auto* from : config.All<config::v1alpha1::RegistryAuthConfig>()) {
    auto& auth = (*registries.mutable_registry_auths())[from->name()];
    auth.set_registry_username(from->username());
    auth.set_registry_password(from->password());
    auth.set_registry_auth(from->auth());
    auth.set_registry_identity_token(from->identity_token());
  }
}

}  // namespace

absl::StatusOr<Desired<RegistryConfig>> ListRegistries(const All<config::MachineConfig>& configs) {
  const std::optional<config::Config> config = ActiveConfig(configs);
  if (!config.has_value()) {
    return Desired<RegistryConfig>();
  }
  Registries registries;
  if (const auto* legacy = config->Get<config::v1alpha1::LegacyConfig>(); legacy != nullptr) {
    TakeLegacy(legacy->machine().registries(), registries);
  }
  TakeMirrors(*config, registries);
  TakeTls(*config, registries);
  TakeAuths(*config, registries);
  return Desired<RegistryConfig>{{"registries", std::move(registries)}};
}

absl::StatusOr<Desired<CustomizationConfig>> ListCustomizations(
    const All<config::MachineConfig>& configs) {
  const std::optional<config::Config> config = ActiveConfig(configs);
  std::map<std::string, std::string> texts;
  if (!config.has_value()) {
    return Desired<CustomizationConfig>();
  }
  if (const auto* legacy = config->Get<config::v1alpha1::LegacyConfig>(); legacy != nullptr) {
    for (const auto& file : legacy->machine().files()) {
      if (file.path() == kLegacyPart) {
        texts["customization"] = file.content();
      }
    }
  }
  for (const auto* document : config->All<config::v1alpha1::CRICustomizationConfig>()) {
    texts[document->name()] = document->content();
  }
  Desired<CustomizationConfig> rows;
  for (auto& [name, text] : texts) {
    CustomizationConfig::Spec row;
    row.set_content(std::move(text));
    rows.Add(name, std::move(row));
  }
  return rows;
}

absl::StatusOr<Desired<BaseRuntimeSpecConfig>> ListBaseSpecs(
    const All<config::MachineConfig>& configs) {
  const std::optional<config::Config> config = ActiveConfig(configs);
  Desired<BaseRuntimeSpecConfig> rows;
  if (!config.has_value()) {
    return rows;
  }
  BaseRuntimeSpecConfig::Spec row;
  *row.mutable_object() = DefaultBaseSpec();
  rows.Add("default", row);
  const auto* const document = config->Get<config::v1alpha1::CRIBaseRuntimeSpecConfig>();
  const auto* const legacy = config->Get<config::v1alpha1::LegacyConfig>();
  if (document != nullptr) {
    *row.mutable_object() = document->overrides();
    rows.Add("overrides", std::move(row));
  } else if (legacy != nullptr && legacy->machine().has_base_runtime_spec_overrides()) {
    *row.mutable_object() = legacy->machine().base_runtime_spec_overrides();
    rows.Add("overrides", std::move(row));
  }
  return rows;
}

}  // namespace ichor
