#include "lib/config/document.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "lib/base/string_hash.h"
#include "lib/config/decode.h"
#include "lib/config/path.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

constexpr std::string_view kVersion = "v1alpha1";

// Keys that only the legacy document has.
constexpr std::array<std::string_view, 4> kLegacyKeys = {"machine", "cluster", "debug", "persist"};

// Kinds that make a link of their name.
constexpr std::array<std::string_view, 8> kLinkKinds = {
    "BondConfig", "BridgeConfig", "DummyLinkConfig", "LinkConfig",
    "VLANConfig", "VRFConfig",    "VethConfig",      "WireguardConfig"};
constexpr std::array<std::string_view, 2> kVolumeKinds = {"ExistingVolumeConfig",
                                                          "UserVolumeConfig"};
constexpr std::array<std::string_view, 2> kVipKinds = {"HCloudVIPConfig", "Layer2VIPConfig"};

void Report(const Node& node, Place place, std::string path, std::string message,
            Findings& findings) {
  findings.push_back({.file = node.source->file,
                      .place = place,
                      .path = std::move(path),
                      .message = std::move(message)});
}

// The text of a scalar under a key; "" if it is not there, null, or no scalar.
std::string_view TextAt(const Node& root, std::string_view key) {
  const Node* node = root.Find(key);
  return node != nullptr && node->IsScalar() && !node->IsNull() ? node->text : std::string_view{};
}

void ReportUnknownKind(const Node& root, Findings& findings) {
  const Node& kind = *root.Find("kind");
  std::vector<std::string_view> names;
  for (const Kind& known : AllKinds()) {
    if (!known.legacy()) names.emplace_back(known.name);
  }
  const std::string_view close = Closest(kind.text, names);
  findings.push_back({.file = kind.source->file,
                      .place = kind.place(),
                      .path = "kind",
                      .message = Cat("unknown kind ", Describe(kind)),
                      .fix = close.empty() ? "" : Cat("did you mean \"", close, "\"?")});
}

std::optional<Document> IdentifyLegacy(Node root, Findings& findings) {
  const bool versioned = TextAt(root, "apiVersion") == kVersion;
  const bool has_key = std::ranges::any_of(
      kLegacyKeys, [&](std::string_view key) { return root.Find(key) != nullptr; });
  if (!versioned && !has_key) {
    Report(root, root.place(), "", "missing kind", findings);
    return std::nullopt;
  }
  return Document{.kind = FindKind(""), .root = std::move(root)};
}

// Who has claimed which name.
class Claims {
 public:
  Claims(std::string_view what, Findings& findings) : what_(what), findings_(findings) {}

  void Claim(const Document& document, std::string_view name, const Node& node) {
    const auto [found, fresh] = owners_.try_emplace(std::string(name), &document);
    if (fresh) return;
    const Document& first = *found->second;
    const Place place = first.root.place();
    if (first.IsSameAs(document)) return;  // reported as a duplicate
    Report(node, node.place(), document.PathTitle(),
           Cat("the ", what_, " \"", name, "\" is also claimed by ", first.Title(), " (",
               place.line, ":", place.column, ")"),
           findings_);
  }

 private:
  std::string_view what_;
  Findings& findings_;
  base::StringMap<const Document*> owners_;
};

const Node& NameNode(const Document& document) {
  const Node* node = document.root.Find("name");
  return node == nullptr ? document.root : *node;
}

void CheckDuplicates(const std::vector<Document>& documents, Findings& findings) {
  base::StringMap<const Document*> seen;
  for (const Document& document : documents) {
    const auto [found, fresh] = seen.try_emplace(document.Title(), &document);
    if (fresh) continue;
    const Place first = found->second->root.place();
    const std::string_view kind = document.kind->legacy() ? kVersion : document.kind->name;
    Report(document.root, document.root.place(), document.PathTitle(),
           Cat("duplicate document ", kVersion, "/", kind, "/", document.name,
               " is not allowed; first at ", first.line, ":", first.column),
           findings);
  }
}

}  // namespace

std::string Document::Title() const {
  if (kind->legacy()) return std::string(kVersion);
  return name.empty() ? kind->name : Cat(kind->name, " ", name);
}

std::string Document::PathTitle() const {
  return kind->legacy() ? "" : Title();
}

std::optional<Document> Identify(Node root, Findings& findings) {
  if (!root.IsMapping()) {
    Report(root, root.place(), "", Cat("got ", Describe(root), ", expected a mapping"), findings);
    return std::nullopt;
  }
  const std::string_view kind_name = TextAt(root, "kind");
  if (kind_name.empty()) return IdentifyLegacy(std::move(root), findings);
  const std::string_view version = TextAt(root, "apiVersion");
  if (version.empty()) {
    Report(root, root.place(), "", "missing apiVersion", findings);
    return std::nullopt;
  }
  if (version != kVersion) {
    const Node& node = *root.Find("apiVersion");
    Report(root, node.place(), "apiVersion",
           Cat("got ", Describe(node), ", expected \"", kVersion, "\""), findings);
    return std::nullopt;
  }
  const Kind* kind = FindKind(kind_name);
  if (kind == nullptr) {
    ReportUnknownKind(root, findings);
    return std::nullopt;
  }
  Document document{.kind = kind, .root = std::move(root)};
  if (kind->named()) document.name = std::string(TextAt(document.root, "name"));
  return document;
}

void DecodeDocument(Document& document, Findings& findings) {
  std::shared_ptr<google::protobuf::Message> message(document.kind->prototype().New());
  const std::string title = document.PathTitle();
  Decode(document.root, Path{.key = title}, *document.kind->shape, *message, findings);
  document.message = std::move(message);
}

void CheckConflicts(const std::vector<Document>& documents, Findings& findings) {
  CheckDuplicates(documents, findings);
  Claims links("link name", findings);
  Claims volumes("volume name", findings);
  Claims vips("address", findings);
  for (const Document& document : documents) {
    const std::string& kind = document.kind->name;
    const Node& name = NameNode(document);
    if (std::ranges::contains(kVolumeKinds, kind)) volumes.Claim(document, document.name, name);
    if (std::ranges::contains(kVipKinds, kind)) vips.Claim(document, document.name, name);
    if (!std::ranges::contains(kLinkKinds, kind)) continue;
    links.Claim(document, document.name, name);
    const Node* peer = document.root.Find("peer");
    const std::string_view peer_name = peer == nullptr ? "" : TextAt(*peer, "name");
    if (!peer_name.empty()) links.Claim(document, peer_name, *peer->Find("name"));
  }
}

}  // namespace ichor::config
