#include "lib/config/secrets.h"

namespace ichor::config {
namespace {

void HideAll(Node& node, std::string_view replacement) {
  if (!node.IsScalar()) {
    for (Node& child : node.children) {
      HideAll(child, replacement);
    }
  } else if (!node.IsNull() && !node.text.empty()) {
    node.kind = Node::Kind::kText;
    node.text = replacement;
  }
}

void HideIn(Node& value, const Field& field, std::string_view replacement) {
  if (field.option->secret()) return HideAll(value, replacement);
  if (field.type != ValueType::kMessage) return;
  if (!field.list && !field.map) return HideSecrets(value, *field.shape, replacement);
  for (Node& item : value.children) {
    HideSecrets(item, *field.shape, replacement);
  }
}

}  // namespace

void HideSecrets(Node& mapping, const Shape& shape, std::string_view replacement) {
  for (Node& child : mapping.children) {
    const Field* field = shape.Find(child.key);
    if (field != nullptr) HideIn(child, *field, replacement);
  }
}

}  // namespace ichor::config
