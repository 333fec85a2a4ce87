#include "lib/config/merge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lib/resource/time_text.h"
#include "lib/resource/yaml/number.h"

namespace ichor::config {
namespace {

void MergeField(Node& left, const Node& right, const Field& field);

// Puts `right` where `left` is, as the value of the same key or item.
void Replace(Node& left, const Node& right) {
  Node value = right;
  value.key = left.key;
  value.key_begin = left.key_begin;
  left = std::move(value);
}

// A copy under its key, as the value of a mapping that did not have it.
void Append(Node& mapping, const Node& value) {
  mapping.children.push_back(value);
}

// Whether a scalar of the field is what the field has when it is not set. A field that knows
// whether it is set has no such value.
bool IsZero(const Node& value, const Field& field) {
  if (field.descriptor->has_presence() && field.type != ValueType::kDuration) return false;
  const ConfigField& option = *field.option;
  switch (field.type) {
    case ValueType::kString:
      if (option.form() == ConfigField::SIZE || option.form() == ConfigField::SIZE_OR_PERCENT) {
        return false;
      }
      return value.text.empty() || (option.zero_word() && value.text == option.words(0));
    case ValueType::kInteger: {
      const auto number = ParseYamlInteger(value.text);
      return number && number->magnitude == 0;
    }
    case ValueType::kDuration: {
      const auto duration = ParseDuration(value.text);
      return duration && duration->seconds() == 0 && duration->nanos() == 0;
    }
    default:
      return false;
  }
}

// Mappings without a description: key by key, lists appended.
void MergeFree(Node& left, const Node& right) {
  if (left.kind != right.kind || left.IsScalar()) return Replace(left, right);
  if (left.IsSequence()) {
    left.children.insert(left.children.end(), right.children.begin(), right.children.end());
    return;
  }
  for (const Node& child : right.children) {
    Node* mine = left.Find(child.key);
    if (mine == nullptr) {
      Append(left, child);
    } else {
      MergeFree(*mine, child);
    }
  }
}

// One value: of a field that is no list, or of a key of a map.
void MergeValue(Node& left, const Node& right, const Field& field) {
  if (right.IsNull()) return;
  if (left.IsNull()) return Replace(left, right);
  switch (field.type) {
    case ValueType::kMessage:
      return MergeInto(left, right, *field.shape);
    case ValueType::kFree:
      return MergeFree(left, right);
    default:
      if (!IsZero(right, field)) Replace(left, right);
  }
}

void MergeMap(Node& left, const Node& right, const Field& field) {
  for (const Node& child : right.children) {
    Node* mine = left.Find(child.key);
    if (mine == nullptr) {
      Append(left, child);
    } else {
      MergeValue(*mine, child, field);
    }
  }
}

// The value of a merge key; nothing if it is not there or empty.
const Node* KeyOf(const Node& item, std::string_view key) {
  const Node* value = item.Find(key);
  if (value == nullptr || value->IsNull()) return nullptr;
  if (value->IsScalar() && value->text.empty()) return nullptr;
  return value;
}

bool SameKey(const Node& left, const Node& right) {
  if (left.IsScalar() && right.IsScalar()) return left.text == right.text;  // 7 is "7"
  return SameValue(left, right);
}

// The left item that a right one is merged into; null if there is none.
Node* PartnerOf(Node& list, const Node& item, const Field& field) {
  for (const std::string& key : field.option->merge_key()) {
    const Node* wanted = KeyOf(item, key);
    if (wanted == nullptr) continue;
    const auto is_it = [&](const Node& candidate) {
      const Node* value = KeyOf(candidate, key);
      return value != nullptr && SameKey(*value, *wanted);
    };
    const auto found = std::ranges::find_if(list.children, is_it);
    return found == list.children.end() ? nullptr : &*found;
  }
  return nullptr;
}

void MergeList(Node& left, const Node& right, const Field& field) {
  for (const Node& item : right.children) {
    Node* partner = PartnerOf(left, item, field);
    if (partner == nullptr) {
      Append(left, item);
    } else if (field.option->merge() == ConfigField::REPLACE_ITEM) {
      Replace(*partner, item);
    } else {
      MergeInto(*partner, item, *field.shape);
    }
  }
}

void MergeField(Node& left, const Node& right, const Field& field) {
  if (right.IsNull()) return;
  if (left.IsNull() || field.option->merge() == ConfigField::REPLACE) return Replace(left, right);
  if (field.list) return MergeList(left, right, field);
  if (field.map) return MergeMap(left, right, field);
  MergeValue(left, right, field);
}

}  // namespace

void MergeInto(Node& left, const Node& right, const Shape& shape) {
  for (const Node& child : right.children) {
    const Field* field = shape.Find(child.key);
    if (field == nullptr || child.IsNull()) continue;
    Node* mine = left.Find(child.key);
    if (mine == nullptr) {
      Append(left, child);
    } else {
      MergeField(*mine, child, *field);
    }
  }
}

}  // namespace ichor::config
