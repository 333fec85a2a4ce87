#include "machined/manifests/extra.h"

#include <algorithm>
#include <format>
#include <map>
#include <optional>
#include <utility>

#include "lib/base/status.h"
#include "lib/kube/objects.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml_form.h"
#include "lib/yaml/read.h"
#include "machined/kubernetes/settings.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using talos::resource::definitions::k8s::ExtraManifest;

constexpr const char* kNetworkPriority = "05";
constexpr const char* kCloudPriority = "30";
constexpr const char* kPriority = "99";

ExtraManifest AtUrl(const char* priority, const std::string& url) {
  ExtraManifest extra;
  extra.set_name(url);
  extra.set_url(url);
  extra.set_priority(priority);
  return extra;
}

ExtraManifest Inline(const std::string& name, const std::string& text) {
  ExtraManifest extra;
  extra.set_name(name);
  extra.set_priority(kPriority);
  extra.set_inline_manifest(text);
  return extra;
}

// By id.
using Extras = std::map<std::string, ExtraManifest>;

void Add(ExtraManifest extra, Extras& extras) {
  const std::string id = ManifestIdOf(extra);
  extras[id] = std::move(extra);
}

void AddLegacy(const KubernetesSettings& settings, Extras& extras) {
  const config::v1alpha1::Cluster& cluster = settings.cluster();
  if (settings.CniName() == "custom") {
    for (const std::string& url : cluster.network().cni().urls()) {
      Add(AtUrl(kNetworkPriority, url), extras);
    }
  }
  if (cluster.external_cloud_provider().enabled()) {
    for (const std::string& url : cluster.external_cloud_provider().manifests()) {
      Add(AtUrl(kCloudPriority, url), extras);
    }
  }
  for (const std::string& url : cluster.extra_manifests()) {
    ExtraManifest extra = AtUrl(kPriority, url);
    *extra.mutable_extra_headers() = cluster.extra_manifest_headers();
    Add(std::move(extra), extras);
  }
  for (const auto& inline_manifest : cluster.inline_manifests()) {
    Add(Inline(inline_manifest.name(), inline_manifest.contents()), extras);
  }
}

void AddDocuments(const config::Config& config, Extras& extras) {
  for (const auto* document : config.All<config::v1alpha1::KubeExternalManifestConfig>()) {
    ExtraManifest extra = AtUrl(kPriority, document->url());
    extra.set_name(document->name());
    *extra.mutable_extra_headers() = document->headers();
    Add(std::move(extra), extras);
  }
  for (const auto* document : config.All<config::v1alpha1::KubeInlineManifestConfig>()) {
    Add(Inline(document->name(), document->manifest()), extras);
  }
}

// An object, or those of a list, to the others.
absl::Status AddObject(Struct object, std::vector<Struct>& objects) {
  const google::protobuf::Value* const items = Find(object, {"items"});
  if (items != nullptr && TextAt(object, {"kind"}).ends_with("List")) {
    for (const google::protobuf::Value& item : items->list_value().values()) {
      RETURN_IF_ERROR(AddObject(item.struct_value(), objects));
    }
    return absl::OkStatus();
  }
  const kube::Reference reference = kube::ReferenceOf(object);
  if (reference.api_version.empty() || reference.kind.empty() || reference.name.empty()) {
    return absl::InvalidArgumentError(
        std::format("object {} has no apiVersion, kind or name", objects.size() + 1));
  }
  objects.push_back(std::move(object));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Desired<k8s::ExtraManifestsConfig>> DeriveExtraManifests(
    const All<config::MachineConfig>& configs) {
  const std::optional<KubernetesSettings> settings = KubernetesSettings::OfControlPlane(configs);
  if (!settings.has_value()) {
    return Desired<k8s::ExtraManifestsConfig>();
  }
  Extras extras;
  AddLegacy(*settings, extras);
  AddDocuments(settings->config(), extras);
  k8s::ExtraManifestsConfig::Spec spec;
  for (auto& [id, extra] : extras) {
    *spec.add_extra_manifests() = std::move(extra);
  }
  return Desired<k8s::ExtraManifestsConfig>{{"extra-manifests", std::move(spec)}};
}

std::string ManifestIdOf(const ExtraManifest& extra) {
  return std::format("{}-{}", extra.priority(), extra.name());
}

absl::StatusOr<std::vector<Struct>> ObjectsOfText(std::string_view text) {
  yml::Source source{.file = {}, .text = std::string(text)};
  yml::Findings findings;
  const std::vector<yml::Node> documents = yml::ReadDocuments(source, findings);
  const auto error =
      std::ranges::find(findings, yml::Finding::Severity::kError, &yml::Finding::severity);
  if (error != findings.end()) {
    return absl::InvalidArgumentError(
        std::format("line {}: this is no YAML that can be read", error->place.line));
  }
  std::vector<Struct> objects;
  for (const yml::Node& document : documents) {
    if (document.IsNull()) {
      continue;
    }
    Struct object;
    if (!DecodeForm(document, YamlPath{}, MessageForm::kStruct, object).ok()) {
      return absl::InvalidArgumentError(
          std::format("line {}: this is no object", document.place().line));
    }
    RETURN_IF_ERROR(AddObject(std::move(object), objects));
  }
  return objects;
}

k8s::Manifest::Spec ManifestOf(const std::vector<Struct>& objects) {
  k8s::Manifest::Spec spec;
  for (const Struct& object : objects) {
    *spec.add_items()->mutable_object() = object;
  }
  return spec;
}

absl::StatusOr<Desired<k8s::Manifest>> RenderInlineManifests(
    const All<k8s::ExtraManifestsConfig>& extras) {
  Desired<k8s::Manifest> manifests;
  for (const auto& row : extras) {
    for (const ExtraManifest& extra : row.spec().extra_manifests()) {
      const auto objects = ObjectsOfText(extra.inline_manifest());
      if (extra.url().empty() && objects.ok()) {
        manifests.Add(ManifestIdOf(extra), ManifestOf(*objects));
      }
    }
  }
  return manifests;
}

absl::StatusOr<Desired<runtime::Diagnostic>> DiagnoseInlineManifests(
    const All<k8s::ExtraManifestsConfig>& extras) {
  Desired<runtime::Diagnostic> diagnostics;
  for (const auto& row : extras) {
    for (const ExtraManifest& extra : row.spec().extra_manifests()) {
      const auto objects = ObjectsOfText(extra.inline_manifest());
      if (!objects.ok()) {
        runtime::Diagnostic::Spec spec;
        spec.set_message(std::format("the inline manifest {} cannot be read", extra.name()));
        spec.add_details(std::string(base::MessageOf(objects.status())));
        diagnostics.Add("manifest-" + extra.name(), std::move(spec));
      }
    }
  }
  return diagnostics;
}

}  // namespace ichor
