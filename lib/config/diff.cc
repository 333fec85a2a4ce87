#include "lib/config/diff.h"

#include <algorithm>
#include <string_view>

#include "lib/config/path.h"
#include "lib/config/redact.h"
#include "lib/config/secrets.h"
#include "lib/yaml/write.h"

namespace ichor::config {
namespace {

// Walks two trees of one document, and the same trees as they may be shown.
class Differ {
 public:
  explicit Differ(std::vector<Change>& changes) : changes_(changes) {}

  struct Side {
    const Node* real = nullptr;
    const Node* shown = nullptr;

    Side At(std::string_view key) const {
      return real == nullptr ? Side{} : Side{real->Find(key), shown->Find(key)};
    }
    Side At(size_t index) const {
      if (real == nullptr || index >= real->children.size()) return {};
      return {&real->children[index], &shown->children[index]};
    }
  };

  void Compare(Side before, Side after, const Path& path);

 private:
  void Mappings(Side before, Side after, const Path& path);
  void Report(Side before, Side after, const Path& path);

  std::vector<Change>& changes_;
};

void Differ::Report(Side before, Side after, const Path& path) {
  Change change{.path = ToString(path)};
  if (before.real != nullptr) change.before = WriteFlow(*before.shown);
  if (after.real != nullptr) change.after = WriteFlow(*after.shown);
  changes_.push_back(std::move(change));
}

void Differ::Mappings(Side before, Side after, const Path& path) {
  for (const Node& child : before.real->children) {
    const Path child_path{.parent = &path, .key = child.key};
    Compare(before.At(child.key), after.At(child.key), child_path);
  }
  for (const Node& child : after.real->children) {
    if (before.real->Find(child.key) != nullptr) continue;
    const Path child_path{.parent = &path, .key = child.key};
    Compare({}, after.At(child.key), child_path);
  }
}

void Differ::Compare(Side before, Side after, const Path& path) {
  if (before.real == nullptr || after.real == nullptr) return Report(before, after, path);
  if (SameValue(*before.real, *after.real)) return;
  if (before.real->IsMapping() && after.real->IsMapping()) return Mappings(before, after, path);
  if (!before.real->IsSequence() || !after.real->IsSequence()) return Report(before, after, path);
  const size_t count = std::max(before.real->children.size(), after.real->children.size());
  for (size_t i = 0; i < count; ++i) {
    const Path item{.parent = &path, .index = static_cast<int>(i)};
    Compare(before.At(i), after.At(i), item);
  }
}

Node Shown(const Document& document, bool show_secrets) {
  Node root = document.root;
  if (!show_secrets) HideSecrets(root, *document.kind->shape, kRedacted);
  return root;
}

}  // namespace

std::vector<Change> Diff(const Config& before, const Config& after, bool show_secrets) {
  std::vector<Change> changes;
  Differ differ(changes);
  for (const Document& document : before.documents()) {
    const std::string title = document.Title();
    const Node shown = Shown(document, show_secrets);
    const Document* other = after.Find(*document.kind, document.name);
    const Node other_shown = other == nullptr ? Node{} : Shown(*other, show_secrets);
    const Differ::Side theirs =
        other == nullptr ? Differ::Side{} : Differ::Side{&other->root, &other_shown};
    const std::string path_title = other == nullptr ? title : document.PathTitle();
    differ.Compare({&document.root, &shown}, theirs, Path{.key = path_title});
  }
  for (const Document& document : after.documents()) {
    if (before.Find(*document.kind, document.name) != nullptr) continue;
    const std::string title = document.Title();
    const Node shown = Shown(document, show_secrets);
    differ.Compare({}, {&document.root, &shown}, Path{.key = title});
  }
  return changes;
}

}  // namespace ichor::config
