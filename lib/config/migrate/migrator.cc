#include "lib/config/migrate/migrator.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "lib/config/yaml.h"
#include "lib/yaml/write.h"

namespace ichor::config {
namespace {

constexpr std::string_view kControlPlaneTaint = "node-role.kubernetes.io/control-plane";

std::string_view FirstStep(std::string_view path) {
  return path.substr(0, path.find('.'));
}

std::string_view AfterFirstStep(std::string_view path) {
  const size_t dot = path.find('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
}

const Node* FindAt(const Node& node, std::string_view path) {
  const Node* child = node.Find(FirstStep(path));
  const std::string_view rest = AfterFirstStep(path);
  return child == nullptr || rest.empty() ? child : FindAt(*child, rest);
}

// Removes the value at a path, and the mappings that become empty by it.
void RemoveAt(Node& node, std::string_view path) {
  Node* child = node.Find(FirstStep(path));
  if (child == nullptr) return;
  const std::string_view rest = AfterFirstStep(path);
  if (!rest.empty()) RemoveAt(*child, rest);
  if (rest.empty() || child->children.empty()) {
    node.children.erase(node.children.begin() + (child - node.children.data()));
  }
}

// Where a value stands: its key, or itself if it is an item of a list.
Place PlaceOf(const Node& value) {
  if (value.source == nullptr) return {};
  return value.key.empty() ? value.place() : value.key_place();
}

}  // namespace

bool IsTrue(const Node& value) {
  return value.text == "true" || value.text == "True" || value.text == "TRUE" ||
         value.text == "yes" || value.text == "on";
}

void Migrator::Take(Node& root) {
  for (const Migration& migration : AllMigrations()) {
    const Node* found = FindAt(root, migration.from);
    if (found == nullptr || !wanted_(migration)) continue;
    if (const std::string reason = ReasonToStay(migration, *found); !reason.empty()) {
      Note(migration, *found, Cat("as it is: ", reason));
      moves_.back().stays = true;
      continue;
    }
    const bool unused = FindKind(migration.kind)->option->control_plane_only() && !control_plane_;
    if (unused) {
      Note(migration, *found, "nothing: only a control plane uses it");
    } else if (!found->IsNull()) {
      Convert(migration, *found);
    }
    // The sections themselves stay: by them the document is known.
    const std::string_view section = FirstStep(migration.from);
    RemoveAt(*root.Find(section), AfterFirstStep(migration.from));
  }
}

std::string Migrator::ReasonToStay(const Migration& migration, const Node& value) const {
  if (migration.change != Conversion::kInterfaces || value.children.empty()) return "";
  return !interfaces_stay_.empty() ? interfaces_stay_ : InterfacesReasonToStay(value);
}

void Migrator::Convert(const Migration& migration, const Node& value) {
  switch (migration.change) {
    case Conversion::kKeep:
      return Keep(migration, value, value);
    case Conversion::kNegate:
      return Keep(migration, value, MakePlain(made_, IsTrue(value) ? "false" : "true"));
    case Conversion::kPem:
      return Keep(migration, value, Pem(value));
    case Conversion::kAddresses:
      return Addresses(migration, value);
    case Conversion::kDisk:
    case Conversion::kDiskSelector:
      return Disk(migration, value);
    case Conversion::kHostname:
      return Hostname(migration, value);
    case Conversion::kCniName:
      return CniName(migration, value);
    case Conversion::kCniUrls:
      return Urls(migration, value, "custom-cni");
    case Conversion::kManifestUrls:
      return Urls(migration, value, "extra-manifest");
    case Conversion::kScheduling:
      return Scheduling(migration, value);
    case Conversion::kItems:
      return Items(migration, value);
    case Conversion::kHeaders:
      return Headers(migration, value);
    case Conversion::kPods:
      return Pods(migration, value);
    case Conversion::kAuthority:
      return Authority(migration, value);
    case Conversion::kAccepted:
      return Accepted(migration, value);
    case Conversion::kEncryption:
      return Encryption(migration, value);
    case Conversion::kDiscovery:
      return Discovery(migration, value);
    case Conversion::kVolumeKeys:
      return VolumeKeys(migration, value);
    case Conversion::kMirrors:
      return Mirrors(migration, value);
    case Conversion::kRegistries:
      return Registries(migration, value);
    case Conversion::kInterfaces:
      return Interfaces(migration, value);
    case Conversion::kOnlyIfTrue:
      if (IsTrue(value)) return Note(migration, value, "nothing: it is so");
      return Refuse(migration, value, "has no equivalent in the current form");
    case Conversion::kDropped:
      return Note(migration, value, "nothing: it has no effect any more");
    case Conversion::kUnsupported:
      return Refuse(migration, value, "has no equivalent in the current form");
  }
}

void Migrator::Note(const Migration& migration, const Node& value, std::string to) {
  const Place place = PlaceOf(value);
  moves_.push_back({.file = value.source == nullptr ? "" : value.source->file,
                    .place = place,
                    .from = std::string(migration.from),
                    .to = std::move(to)});
}

void Migrator::Refuse(const Migration& migration, const Node& value, std::string reason) {
  errors_.push_back({.file = value.source->file,
                     .place = PlaceOf(value),
                     .path = std::string(migration.from),
                     .message = std::move(reason)});
}

void Migrator::Keep(const Migration& migration, const Node& value, Node converted) {
  const Field* field = FindKind(migration.kind)->shape->Find(FirstStep(migration.to));
  const bool secret = migration.change == Conversion::kPem || field->option->secret();
  const std::string shown = secret ? "" : Cat(": ", WriteFlow(converted));
  Note(migration, value, Cat(migration.kind, ".", migration.to, shown));
  Set(DocumentFor(migration.kind, migration.name), migration.to, std::move(converted));
}

void Migrator::Delete(std::string_view kind, std::vector<std::string_view> path,
                      const Node& because, std::string_view name) {
  deletions_.push_back({.document = {.kind = FindKind(kind), .name = std::string(name)},
                        .path = std::move(path),
                        .source = because.source,
                        .begin = because.begin});
}

// A name that is set excludes one that is made.
void Migrator::Hostname(const Migration& migration, const Node& value) {
  Delete(migration.kind, {"auto"}, value);
  Keep(migration, value, value);
}

void Migrator::CniName(const Migration& migration, const Node& value) {
  if (value.text == "flannel") {
    SetDefault(migration.kind, "backendType", "vxlan");
    return Note(migration, value, "KubeFlannelCNIConfig");
  }
  Delete(migration.kind, {}, value);
  Note(migration, value, "no KubeFlannelCNIConfig");
}

void Migrator::Scheduling(const Migration& migration, const Node& value) {
  if (IsTrue(value)) {
    Delete(migration.kind, {"taints", kControlPlaneTaint}, value);
    return Note(migration, value, Cat("no KubeNodeConfig.taints[\"", kControlPlaneTaint, "\"]"));
  }
  Node taints = MakeMapping(made_);
  Node taint = MakeText(made_, "NoSchedule");
  taint.key = kControlPlaneTaint;
  taints.children.push_back(std::move(taint));
  Keep(migration, value, std::move(taints));
}

bool Migrator::Has(std::string_view kind) const {
  return std::ranges::any_of(documents_,
                             [&](const Document& document) { return document.kind->name == kind; });
}

Document& Migrator::DocumentFor(std::string_view kind_name, std::string_view name) {
  const Kind* kind = FindKind(kind_name);
  const auto is_it = [&](const Document& document) {
    return document.kind == kind && document.name == name;
  };
  const auto found = std::ranges::find_if(documents_, is_it);
  if (found != documents_.end()) return *found;
  Node root = MakeMapping(made_);
  const auto add = [&](std::string_view key, std::string_view text) {
    Node value = Text(std::string(text));
    value.key = key;
    root.children.push_back(std::move(value));
  };
  add("apiVersion", "v1alpha1");
  add("kind", kind->name);
  if (!name.empty()) add("name", name);
  documents_.push_back({.kind = kind, .name = std::string(name), .root = std::move(root)});
  return documents_.back();
}

void Migrator::Set(Document& document, std::string_view path, Node value) {
  Node* node = &document.root;
  while (!AfterFirstStep(path).empty()) {
    const std::string_view step = FirstStep(path);
    if (node->Find(step) == nullptr) {
      Node mapping = MakeMapping(made_);
      mapping.key = step;
      node->children.push_back(std::move(mapping));
    }
    node = node->Find(step);
    path = AfterFirstStep(path);
  }
  value.key = path;
  if (Node* present = node->Find(path); present == nullptr) {
    node->children.push_back(std::move(value));
  } else if (present->IsMapping() || (present->IsSequence() && value.IsSequence())) {
    std::ranges::move(value.children, std::back_inserter(present->children));
  } else {
    *present = std::move(value);
  }
}

void Migrator::SetDefault(std::string_view kind, std::string_view path, std::string_view plain,
                          bool list) {
  Document& document = DocumentFor(kind);
  if (FindAt(document.root, path) != nullptr) return;
  Node value = MakePlain(made_, yml::Keep(made_, std::string(plain)));
  if (list) {
    Node items = MakeSequence(made_);
    items.children.push_back(std::move(value));
    value = std::move(items);
  }
  Set(document, path, std::move(value));
}

void Migrator::RefuseAnonymous() {
  const Migration about{.from = "", .kind = "KubeAuthenticationConfig", .to = ""};
  if (!wanted_(about)) return;
  SetDefault(about.kind, "configuration.anonymous.enabled", "false");
}

void Migrator::AddDefaultAuthorizers(const Config& config) {
  const Kind* kind = FindKind("KubeAuthorizerConfig");
  if (!wanted_({.from = "", .kind = kind->name, .to = ""})) return;
  // The second one first, so that the first one comes to stand before it.
  for (const std::string_view type : {"RBAC", "Node"}) {
    const auto is_it = [&](const Document& document) {
      const Node* own = document.root.Find("type");
      return document.kind == kind && own != nullptr && own->text == type;
    };
    if (std::ranges::any_of(documents_, is_it) || std::ranges::any_of(config.documents(), is_it)) {
      continue;
    }
    Document& document = DocumentFor(kind->name, absl::AsciiStrToLower(std::string(type)));
    Set(document, "type", Text(std::string(type)));
    const auto first = std::ranges::find(documents_, kind, &Document::kind);
    std::rotate(first, documents_.end() - 1, documents_.end());
  }
}

void Migrator::SetTaint(std::string_view kind, std::string_view key, std::string_view effect) {
  Node taints = MakeMapping(made_);
  Node taint = MakeText(made_, effect);
  taint.key = key;
  taints.children.push_back(std::move(taint));
  Set(DocumentFor(kind), "taints", std::move(taints));
}

}  // namespace ichor::config
