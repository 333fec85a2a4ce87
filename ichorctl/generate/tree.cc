#include "ichorctl/generate/tree.h"

#include <algorithm>
#include <utility>

#include "lib/pki/openssl.h"
#include "lib/yaml/emit.h"

namespace ichor::ctl {
namespace {

void Emit(const Tree& tree, yml::Emitter& out) {
  switch (tree.kind) {
    case Tree::Kind::kPlain:
      return out.Plain(tree.text);
    case Tree::Kind::kText:
      return out.String(tree.text);
    case Tree::Kind::kSequence:
      out.BeginSequence();
      for (const Tree& item : tree.children) {
        out.Item();
        Emit(item, out);
      }
      return out.EndSequence();
    case Tree::Kind::kMapping:
      out.BeginMapping();
      for (const Tree& value : tree.children) {
        out.Key(value.key);
        Emit(value, out);
      }
      return out.EndMapping();
  }
}

}  // namespace

Tree Text(std::string_view key, std::string_view text) {
  return {.kind = Tree::Kind::kText, .text = std::string(text), .key = std::string(key)};
}

Tree Number(std::string_view key, long number) {  // NOLINT(google-runtime-int): any
  return {.text = std::to_string(number), .key = std::string(key)};
}

Tree Truth(std::string_view key, bool value) {
  return {.text = value ? "true" : "false", .key = std::string(key)};
}

Tree Mapping(std::string_view key, std::vector<Tree> values) {
  return {.kind = Tree::Kind::kMapping, .key = std::string(key), .children = std::move(values)};
}

Tree List(std::string_view key, std::vector<Tree> items) {
  return {.kind = Tree::Kind::kSequence, .key = std::string(key), .children = std::move(items)};
}

Tree Texts(std::string_view key, const std::vector<std::string>& items) {
  std::vector<Tree> nodes;
  nodes.reserve(items.size());
  for (const std::string& item : items) {
    nodes.push_back(Text("", item));
  }
  return List(key, std::move(nodes));
}

void AddIf(bool condition, Tree node, std::vector<Tree>& parent) {
  if (condition) {
    parent.push_back(std::move(node));
  }
}

Tree Document(std::string_view kind, std::vector<Tree> values) {
  std::vector<Tree> all = {Text("apiVersion", "v1alpha1"), Text("kind", kind)};
  for (Tree& value : values) {
    all.push_back(std::move(value));
  }
  return Mapping("", std::move(all));
}

std::string ToText(const std::vector<Tree>& documents) {
  std::string out;
  for (const Tree& document : documents) {
    yml::Emitter emitter;
    Emit(document, emitter);
    out += (out.empty() ? "" : "---\n") + std::move(emitter).Finish();
  }
  return out;
}

void Wipe(Tree& tree) {
  pki::Wipe(tree.text);
  std::ranges::for_each(tree.children, [](Tree& child) { Wipe(child); });
}

}  // namespace ichor::ctl
