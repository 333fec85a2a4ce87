#include "lib/config/migrate/migrate.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "config/kubernetes.pb.h"
#include "config/legacy.pb.h"
#include "lib/base/status.h"
#include "lib/config/kubernetes_version.h"
#include "lib/config/merge.h"
#include "lib/config/migrate/json_form.h"
#include "lib/config/migrate/migrator.h"
#include "lib/config/validate/conflicts.h"
#include "lib/config/validate/rules.h"
#include "lib/config/working_copy.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

constexpr std::string_view kControlPlaneTaint = "node-role.kubernetes.io/control-plane";

bool IsPartOf(std::string_view path, std::string_view whole) {
  return path.starts_with(whole) && (path.size() == whole.size() || path[whole.size()] == '.');
}

bool HasKind(const Config& config, std::string_view kind) {
  return config.Find(*FindKind(kind)->shape->type) != nullptr;
}

// Interfaces move where documents of links are the form already: the first of them ends DHCP on all
// links that none names. Of one link only one form may speak.
void DecideInterfaces(const Config& base, Migrator& migrator) {
  static constexpr auto kLinks = std::to_array<std::string_view>(
      {"LinkConfig", "VLANConfig", "BondConfig", "BridgeConfig", "DummyLinkConfig", "VRFConfig",
       "VethConfig", "WireguardConfig", "DHCPv4Config", "DHCPv6Config"});
  const auto* legacy = base.Get<v1alpha1::LegacyConfig>();
  if (!std::ranges::any_of(kLinks, [&](std::string_view kind) { return HasKind(base, kind); })) {
    migrator.KeepInterfaces("documents of links end DHCP on all that they do not name");
  } else if (legacy != nullptr && legacy->machine().network().interfaces_size() > 0) {
    migrator.KeepInterfaces("the config has interfaces of that form");
  }
}

// Whether a config has the document that a field moves to, or another that excludes the field, or
// the youngest kind that every config of today has: then all others may stand beside it.
bool MovesInto(const Migration& migration, const Config& base) {
  if (HasKind(base, migration.kind) || HasKind(base, "KubeletConfig")) return true;
  return std::ranges::any_of(AllLegacyConflicts(), [&](const LegacyConflict& conflict) {
    return conflict.name.empty() && IsPartOf(migration.from, conflict.path) &&
           HasKind(base, conflict.kind);
  });
}

// What a document needs to be whole, and means what the one-document form meant without saying so.
void CompleteDocuments(const Config& config, const Document& legacy, Migrator& migrator) {
  struct Default {
    std::string_view kind;
    std::string_view path;
    std::string_view value;
    bool image = false;
  };
  static constexpr auto kDefaults = std::to_array<Default>({
      {"KubeAPIServerConfig", "image", "registry.k8s.io/kube-apiserver", true},
      {"KubeControllerManagerConfig", "image", "registry.k8s.io/kube-controller-manager", true},
      {"KubeSchedulerConfig", "image", "registry.k8s.io/kube-scheduler", true},
      {"KubeletConfig", "image", "ghcr.io/siderolabs/kubelet", true},
      {"KubeNetworkConfig", "dnsDomain", "cluster.local"},
      {"KubeNetworkConfig", "podSubnets", "10.244.0.0/16"},
      {"KubeNetworkConfig", "serviceSubnets", "10.96.0.0/12"},
      {"KubePrismConfig", "port", "7445"},
      {"UnattendedInstallConfig", "provisioning.wipe", "false"},
  });
  for (const Default& one : kDefaults) {
    if (!migrator.Has(one.kind)) continue;
    const std::string value =
        one.image ? Cat(one.value, ":", kDefaultKubernetesVersion) : std::string(one.value);
    const bool list = one.path.ends_with("Subnets");
    migrator.SetDefault(one.kind, one.path, value, list);
  }
  const auto& message = static_cast<const v1alpha1::LegacyConfig&>(*legacy.message);
  if (migrator.Has("KubeServiceAccountConfig")) {
    const auto* cluster = config.Get<v1alpha1::KubeClusterConfig>();
    migrator.SetDefault(
        "KubeServiceAccountConfig", "issuer.issuerURL",
        cluster == nullptr ? message.cluster().control_plane().endpoint() : cluster->endpoint());
  }
  const std::string& type = message.machine().type();
  const std::string& cni = message.cluster().network().cni().name();
  if (IsControlPlaneType(type) && migrator.Has("KubeNetworkConfig") &&
      (cni.empty() || cni == "flannel")) {
    migrator.SetDefault("KubeFlannelCNIConfig", "backendType", "vxlan");
    migrator.SetDefault("KubeFlannelCNIConfig", "backendPort", "4789");
  }
  if (IsControlPlaneType(type) && migrator.Has("KubeAPIServerConfig")) {
    if (!HasKind(config, "KubeAuthenticationConfig")) migrator.RefuseAnonymous();
    migrator.AddDefaultAuthorizers(config);
  }
  const bool allowed = message.cluster().allow_scheduling_on_control_planes() ||
                       message.cluster().allow_scheduling_on_masters();
  if (!IsControlPlaneType(type) || !migrator.Has("KubeNodeConfig") || allowed) return;
  migrator.SetTaint("KubeNodeConfig", kControlPlaneTaint, "NoSchedule");
}

// Puts what was made into the copy: merged where a document is there, added where not.
absl::Status Put(Migrator& migrator, const SourcePtr& made, WorkingCopy& copy) {
  copy.Keep(made);
  for (Document& document : migrator.documents()) {
    WorkingDocument* present = copy.Find(document);
    if (present == nullptr) {
      copy.Append(std::move(document), made, Node{});
    } else {
      RETURN_IF_ERROR(MergeInto(present->document.root, document.root, *document.kind->shape));
    }
  }
  for (const Deletion& deletion : migrator.deletions()) {
    if (deletion.path.empty()) copy.Remove(deletion.document);
  }
  return absl::OkStatus();
}

// Deletions that find nothing are no mistakes of the person: nobody wrote them.
void DropIdleDeletions(std::vector<Deletion>& deletions, const Config& base) {
  std::erase_if(deletions, [&](const Deletion& deletion) {
    const Document* document = base.Find(*deletion.document.kind, deletion.document.name);
    const Node* node = document == nullptr ? nullptr : &document->root;
    for (const std::string_view step : deletion.path) {
      node = node == nullptr ? nullptr : node->Find(step);
    }
    return node == nullptr;
  });
}

bool IsEmptySection(const Node& child) {
  return child.IsMapping() && child.children.empty();
}

// A patch of which nothing but empty sections is left patches nothing.
bool IsEmpty(const Node& root) {
  return std::ranges::all_of(root.children, IsEmptySection);
}

}  // namespace

std::string ToString(const Move& move) {
  return Cat(move.file, move.file.empty() ? "" : ":", move.place.line, ": ", move.from, " → ",
             move.to);
}

absl::StatusOr<MigratedConfig> Migrate(const Config& config, const MigrateOptions& options) {
  const Document* legacy = config.Find(*FindKind(""), "");
  if (legacy == nullptr) return MigratedConfig{.config = config};
  auto made = std::make_shared<Source>();
  // A worker of old has no name of its cluster: without one there is no document.
  const auto& message = static_cast<const v1alpha1::LegacyConfig&>(*legacy->message);
  const bool unnamed =
      message.cluster().cluster_name().empty() && !HasKind(config, "KubeClusterConfig");
  const auto wanted = [&](const Migration& migration) {
    const bool known = !std::ranges::contains(options.unknown_kinds, migration.kind);
    return known && !(unnamed && migration.kind == "KubeClusterConfig");
  };
  Migrator migrator(*made, Migrator::Extent::kConfig, IsControlPlane(config), wanted);
  DecideInterfaces(config, migrator);
  WorkingCopy copy(config);
  migrator.Take(copy.Find(*legacy)->document.root);
  RETURN_IF_ERROR(ToStatus(migrator.errors()));
  CompleteDocuments(config, *legacy, migrator);
  RETURN_IF_ERROR(Put(migrator, made, copy));
  ASSIGN_OR_RETURN(Config migrated, Load(config.file(), copy.Text()));
  return MigratedConfig{.config = std::move(migrated), .moves = std::move(migrator.moves())};
}

absl::StatusOr<MigratedPatch> MigratePatch(const Patch& patch, const Config& base) {
  // Over one document a JSON patch works as it is.
  const auto* json = std::get_if<JsonPatch>(&patch);
  if (json != nullptr && base.documents().size() == 1) return MigratedPatch{.patch = patch};
  StrategicPatch result;
  if (json == nullptr) {
    result = std::get<StrategicPatch>(patch);
  } else {
    ASSIGN_OR_RETURN(result, ToStrategicPatch(*json, base));
  }
  Migrator migrator(*result.source, Migrator::Extent::kPatch, IsControlPlane(base),
                    [&](const Migration& migration) { return MovesInto(migration, base); });
  DecideInterfaces(base, migrator);
  for (PatchDocument& one : result.documents) {
    if (one.document.kind->legacy()) migrator.Take(one.document.root);
  }
  RETURN_IF_ERROR(ToStatus(migrator.errors()));
  if (migrator.moves().empty()) return MigratedPatch{.patch = std::move(result)};
  std::erase_if(result.documents, [](const PatchDocument& one) {
    return one.document.kind->legacy() && IsEmpty(one.document.root);
  });
  DropIdleDeletions(migrator.deletions(), base);
  std::ranges::move(migrator.deletions(), std::back_inserter(result.deletions));
  for (Document& document : migrator.documents()) {
    result.documents.push_back({.document = std::move(document)});
  }
  return MigratedPatch{.patch = std::move(result), .moves = std::move(migrator.moves())};
}

Findings OldFields(const Patch& patch, const Config& base) {
  const auto* strategic = std::get_if<StrategicPatch>(&patch);
  if (strategic == nullptr) return {};
  StrategicPatch copy = *strategic;
  Migrator migrator(*copy.source, Migrator::Extent::kPatch, IsControlPlane(base),
                    [&](const Migration& migration) { return MovesInto(migration, base); });
  DecideInterfaces(base, migrator);
  for (PatchDocument& one : copy.documents) {
    if (one.document.kind->legacy()) migrator.Take(one.document.root);
  }
  Findings findings = std::move(migrator.errors());
  for (const Move& move : migrator.moves()) {
    if (move.stays) continue;
    findings.push_back({.file = move.file,
                        .place = move.place,
                        .path = move.from,
                        .message = "belongs into a document of its own",
                        .fix = move.to});
  }
  return findings;
}

}  // namespace ichor::config
