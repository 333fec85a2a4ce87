#include "lib/pki/cluster/yaml_tree.h"

#include <algorithm>
#include <memory>
#include <string>

#include "lib/pki/openssl.h"

namespace ichor::pki {

const yml::Node* Child(const yml::Node& node, std::string_view key) {
  if (node.kind != yml::Node::Kind::kMapping) {
    return nullptr;
  }
  const auto found = std::ranges::find(node.children, key, &yml::Node::key);
  return found == node.children.end() || found->IsNull() ? nullptr : &*found;
}

const yml::Node* Descendant(const yml::Node& node, std::initializer_list<std::string_view> path) {
  const yml::Node* at = &node;
  for (const std::string_view key : path) {
    at = Child(*at, key);
    if (at == nullptr) {
      return nullptr;
    }
  }
  return at;
}

void Emit(const yml::Node& node, yml::Emitter& out) {
  switch (node.kind) {
    case yml::Node::Kind::kPlain:
      return out.Plain(node.IsNull() ? "null" : node.text);
    case yml::Node::Kind::kText:
      return out.String(node.text);
    case yml::Node::Kind::kSequence:
      out.BeginSequence();
      for (const yml::Node& item : node.children) {
        out.Item();
        Emit(item, out);
      }
      return out.EndSequence();
    case yml::Node::Kind::kMapping:
      out.BeginMapping();
      for (const yml::Node& value : node.children) {
        out.Key(value.key);
        Emit(value, out);
      }
      return out.EndMapping();
  }
}

yml::SourcePtr SecretSource(std::string_view text) {
  const auto wipe = [](yml::Source* source) {
    Wipe(source->text);
    std::ranges::for_each(source->decoded, Wipe);
    std::default_delete<yml::Source>()(source);
  };
  return {new yml::Source{.file = {}, .text = std::string(text)}, wipe};
}

}  // namespace ichor::pki
