#include "lib/config/strategic_patch.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "lib/config/merge.h"
#include "lib/config/path.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

constexpr std::string_view kMarker = "$patch";
constexpr std::string_view kDelete = "delete";

// Whether a legacy document says that it is one, and no more.
bool IsIdentityOnly(const Document& document) {
  constexpr std::array<std::string_view, 2> kIdentity = {"apiVersion", "version"};
  const auto names = [&](const Node& child) { return std::ranges::contains(kIdentity, child.key); };
  return document.kind->legacy() && std::ranges::all_of(document.root.children, names);
}

// Takes the markers out of one document.
class MarkerCutter {
 public:
  MarkerCutter(StrategicPatch& patch, Findings& findings) : patch_(patch), findings_(findings) {}

  // The document without markers; nothing if nothing is left.
  std::optional<Document> Cut(Document document);

 private:
  bool IsMarked(const Node& node);
  void CutMapping(Node& node);
  void CutList(Node& node);
  void KeepItem(const Node& item);
  void Fail(const Node& node, std::string message) {
    findings_.push_back({.file = node.source->file,
                         .place = node.place(),
                         .path = document_.PathTitle(),
                         .message = std::move(message)});
  }

  StrategicPatch& patch_;
  Findings& findings_;
  Document document_{};  // identity only
  std::vector<std::string_view> path_;
  bool in_item_ = false;
};

bool MarkerCutter::IsMarked(const Node& node) {
  const Node* marker = node.Find(kMarker);
  if (marker == nullptr) return false;
  if (!marker->IsScalar() || marker->text != kDelete) {
    Fail(*marker, Cat("$patch: got ", Describe(*marker), ", expected \"delete\""));
  }
  return true;
}

void MarkerCutter::KeepItem(const Node& item) {
  const auto key =
      std::ranges::find_if(item.children, [](const Node& child) { return child.key != kMarker; });
  if (key == item.children.end() || !key->IsScalar()) {
    return Fail(item,
                "$patch: delete in a list needs a key with a plain value to find the item by");
  }
  patch_.deletions.push_back({.document = document_,
                              .path = path_,
                              .item_key = key->key,
                              .item_value = key->text,
                              .source = item.source,
                              .begin = item.begin});
}

void MarkerCutter::CutList(Node& node) {
  std::erase_if(node.children, [&](const Node& item) {
    if (!item.IsMapping() || !IsMarked(item)) return false;
    if (in_item_) {
      Fail(item, "$patch: delete inside an item of a list is not supported");
    } else {
      KeepItem(item);
    }
    return true;
  });
  const bool outside = std::exchange(in_item_, true);
  for (Node& item : node.children) {
    if (item.IsMapping()) CutMapping(item);
  }
  in_item_ = outside;
}

void MarkerCutter::CutMapping(Node& node) {
  std::erase_if(node.children, [&](const Node& child) {
    if (!child.IsMapping() || !IsMarked(child)) return false;
    if (in_item_) {
      Fail(child, "$patch: delete inside an item of a list is not supported");
      return true;
    }
    path_.push_back(child.key);
    patch_.deletions.push_back(
        {.document = document_, .path = path_, .source = child.source, .begin = child.begin});
    path_.pop_back();
    return true;
  });
  // A mapping in which nothing but markers stood says nothing any more.
  std::erase_if(node.children, [&](Node& child) {
    const bool was_empty = child.children.empty();
    path_.push_back(child.key);
    if (child.IsMapping()) CutMapping(child);
    if (child.IsSequence()) CutList(child);
    path_.pop_back();
    return child.IsMapping() && !was_empty && child.children.empty();
  });
}

std::optional<Document> MarkerCutter::Cut(Document document) {
  document_ = {.kind = document.kind, .name = document.name};
  document_.root.source = document.root.source;
  if (IsMarked(document.root)) {
    if (document.kind->legacy()) {
      Fail(document.root, "$patch: delete cannot delete the root of the v1alpha1 document");
    } else {
      patch_.deletions.push_back(
          {.document = document_, .source = document.root.source, .begin = document.root.begin});
    }
    return std::nullopt;
  }
  const size_t before = patch_.deletions.size();
  CutMapping(document.root);
  const bool cut = patch_.deletions.size() > before;
  if (document.root.children.empty() || (cut && IsIdentityOnly(document))) return std::nullopt;
  return document;
}

absl::Status LookupFailed(const Deletion& deletion) {
  const Place place = PlaceOf(*deletion.source, deletion.begin);
  std::string path = deletion.document.PathTitle();
  for (const std::string_view key : deletion.path) {
    path += Cat(path.empty() ? "" : ".", key);
  }
  if (!deletion.item_key.empty()) {
    path += Cat("[", deletion.item_key, ": ", deletion.item_value, "]");
  }
  return absl::InvalidArgumentError(Cat(deletion.source->file, ":", place.line, ":", place.column,
                                        ": ", path, ": lookup failed: nothing there to delete"));
}

absl::Status DeleteItem(const Deletion& deletion, Node& list) {
  const auto is_it = [&](const Node& item) {
    const Node* value = item.Find(deletion.item_key);
    return value != nullptr && value->IsScalar() && value->text == deletion.item_value;
  };
  const auto found = std::ranges::find_if(list.children, is_it);
  if (found == list.children.end()) return LookupFailed(deletion);
  list.children.erase(found);
  return absl::OkStatus();
}

absl::Status Delete(const Deletion& deletion, WorkingCopy& copy) {
  WorkingDocument* working = copy.Find(deletion.document);
  if (working == nullptr) return absl::OkStatus();
  if (deletion.path.empty()) {
    copy.Remove(deletion.document);
    return absl::OkStatus();
  }
  const bool in_list = !deletion.item_key.empty();
  Node* node = &working->document.root;
  const Shape* shape = deletion.document.kind->shape;  // null inside of maps and free mappings
  const size_t steps = deletion.path.size() - (in_list ? 0 : 1);
  for (size_t i = 0; i < steps; ++i) {
    const Field* field = shape == nullptr ? nullptr : shape->Find(deletion.path[i]);
    shape = field == nullptr || field->map ? nullptr : field->shape;
    node = node == nullptr ? nullptr : node->Find(deletion.path[i]);
    const bool always_there = field != nullptr && field->option->embedded() && !in_list;
    if (node == nullptr && !always_there) return LookupFailed(deletion);
  }
  if (in_list) return DeleteItem(deletion, *node);
  Node* last = node == nullptr ? nullptr : node->Find(deletion.path.back());
  if (last != nullptr && deletion.document.kind->legacy() && deletion.path.size() == 1) {
    // By its keys the legacy document is known.
    Node null = MakePlain(*last->source, "null");
    null.key = last->key;
    *last = std::move(null);
    return absl::OkStatus();
  }
  if (last != nullptr) {
    node->children.erase(node->children.begin() + (last - node->children.data()));
    return absl::OkStatus();
  }
  // A described key is always there, if only with nothing in it.
  const bool described = shape != nullptr && shape->Find(deletion.path.back()) != nullptr;
  return described ? absl::OkStatus() : LookupFailed(deletion);
}

}  // namespace

StrategicPatch MakeStrategicPatch(SourcePtr source, std::vector<Node> roots, Findings& findings) {
  StrategicPatch patch{.source = std::move(source)};
  for (Node& root : roots) {
    if (root.IsNull()) continue;
    Node as_written = root;
    std::optional<Document> document = Identify(std::move(root), findings);
    if (!document) continue;
    document = MarkerCutter(patch, findings).Cut(*std::move(document));
    if (!document) continue;
    DecodeDocument(*document, findings);
    patch.documents.push_back(
        {.document = *std::move(document), .as_written = std::move(as_written)});
  }
  return patch;
}

absl::Status Apply(const StrategicPatch& patch, WorkingCopy& copy) {
  copy.Keep(patch.source);
  for (const Deletion& deletion : patch.deletions) {
    RETURN_IF_ERROR(Delete(deletion, copy));
  }
  for (const PatchDocument& right : patch.documents) {
    WorkingDocument* left = copy.Find(right.document);
    if (left == nullptr) {
      copy.Append(right.document, patch.source, right.as_written);
    } else {
      RETURN_IF_ERROR(
          MergeInto(left->document.root, right.document.root, *right.document.kind->shape));
    }
  }
  return absl::OkStatus();
}

}  // namespace ichor::config
