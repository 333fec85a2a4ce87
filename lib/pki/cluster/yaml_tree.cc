#include "lib/pki/cluster/yaml_tree.h"

#include <algorithm>

#include "lib/pki/openssl.h"

namespace ichor::pki {

const YamlNode* Child(const YamlNode& node, std::string_view key) {
  if (node.kind != YamlNode::Kind::kMapping) {
    return nullptr;
  }
  const auto found = std::ranges::find(node.children, key, &YamlNode::key);
  return found == node.children.end() || found->IsNull() ? nullptr : &*found;
}

const YamlNode* Descendant(const YamlNode& node, std::initializer_list<std::string_view> path) {
  const YamlNode* at = &node;
  for (const std::string_view key : path) {
    at = Child(*at, key);
    if (at == nullptr) {
      return nullptr;
    }
  }
  return at;
}

void Emit(const YamlNode& node, YamlEmitter& out) {
  switch (node.kind) {
    case YamlNode::Kind::kPlain:
      return out.Plain(node.IsNull() ? "null" : node.text);
    case YamlNode::Kind::kText:
    case YamlNode::Kind::kBinary:
      return out.String(node.text);
    case YamlNode::Kind::kSequence:
      out.BeginSequence();
      for (const YamlNode& item : node.children) {
        out.Item();
        Emit(item, out);
      }
      return out.EndSequence();
    case YamlNode::Kind::kMapping:
      out.BeginMapping();
      for (const YamlNode& value : node.children) {
        out.Key(value.key);
        Emit(value, out);
      }
      return out.EndMapping();
  }
}

void WipeTree(YamlNode& node) {
  Wipe(node.text);
  for (YamlNode& child : node.children) {
    WipeTree(child);
  }
}

}  // namespace ichor::pki
