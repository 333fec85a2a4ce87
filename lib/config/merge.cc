#include "lib/config/merge.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "lib/base/status.h"
#include "lib/config/yaml.h"
#include "lib/resource/time_text.h"
#include "lib/yaml/number.h"
#include "lib/yaml/scalar.h"

namespace ichor::config {
namespace {

absl::Status MergeField(Node& left, const Node& right, const Field& field);

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
      const auto number = yml::ParseInteger(value.text);
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

// What a value of a free mapping is.
enum class FreeType : std::uint8_t { kString, kBool, kInteger, kFloat, kMapping, kSequence };

FreeType FreeTypeOf(const Node& node) {
  if (node.IsMapping()) return FreeType::kMapping;
  if (node.IsSequence()) return FreeType::kSequence;
  if (node.kind == Node::Kind::kText) return FreeType::kString;
  switch (yml::MeaningOfPlain(node.text)) {
    case yml::PlainMeaning::kBool:
      return FreeType::kBool;
    case yml::PlainMeaning::kInteger:
      return FreeType::kInteger;
    case yml::PlainMeaning::kFloat:
      return FreeType::kFloat;
    default:
      return FreeType::kString;
  }
}

absl::Status Mismatch(const Node& left, const Node& right) {
  const Place place = right.place();
  return absl::InvalidArgumentError(Cat(right.source->file, ":", place.line, ":", place.column,
                                        ": ", right.key, ": merge type mismatch: ", Describe(right),
                                        " cannot be merged into ", Describe(left)));
}

// Mappings without a description: key by key, lists appended; empty texts and 0 change nothing.
absl::Status MergeFree(Node& left, const Node& right) {
  if (right.IsNull()) return absl::OkStatus();
  if (left.IsNull()) {
    Replace(left, right);
    return absl::OkStatus();
  }
  const FreeType type = FreeTypeOf(right);
  if (type != FreeTypeOf(left)) return Mismatch(left, right);
  if (type == FreeType::kSequence) {
    left.children.insert(left.children.end(), right.children.begin(), right.children.end());
    return absl::OkStatus();
  }
  if (type != FreeType::kMapping) {
    const bool zero = right.text.empty() || (type == FreeType::kInteger && right.text == "0");
    if (!zero) Replace(left, right);
    return absl::OkStatus();
  }
  for (const Node& child : right.children) {
    Node* mine = left.Find(child.key);
    if (mine == nullptr) {
      Append(left, child);
    } else {
      RETURN_IF_ERROR(MergeFree(*mine, child));
    }
  }
  return absl::OkStatus();
}

// One value: of a field that is no list, or of a key of a map.
absl::Status MergeValue(Node& left, const Node& right, const Field& field) {
  if (right.IsNull()) return absl::OkStatus();
  if (field.type == ValueType::kMessage && !left.IsNull()) {
    return MergeInto(left, right, *field.shape);
  }
  if (field.type == ValueType::kFree) return MergeFree(left, right);
  if (left.IsNull() || !IsZero(right, field)) Replace(left, right);
  return absl::OkStatus();
}

absl::Status MergeMap(Node& left, const Node& right, const Field& field) {
  for (const Node& child : right.children) {
    Node* mine = left.Find(child.key);
    if (mine == nullptr) {
      Append(left, child);
    } else {
      RETURN_IF_ERROR(MergeValue(*mine, child, field));
    }
  }
  return absl::OkStatus();
}

// The value of a merge key; null if it is not there or says nothing.
const Node* KeyOf(const Node& item, std::string_view key) {
  const Node* value = item.Find(key);
  if (value == nullptr || value->IsNull()) return nullptr;
  return value->IsScalar() && (value->text.empty() || value->text == "0") ? nullptr : value;
}

bool SameKey(const Node* left, const Node* right) {
  if (left == nullptr || right == nullptr) return left == right;
  if (left->IsScalar() && right->IsScalar()) return left->text == right->text;  // 7 is "7"
  return SameValue(*left, *right);
}

// The left item that a right one is merged into; null if there is none. Of several keys, the first
// that the right item has decides; a single one may be missing on both sides.
Node* PartnerOf(Node& list, const Node& item, const Field& field) {
  const auto& keys = field.option->merge_key();
  for (const std::string& key : keys) {
    const Node* wanted = KeyOf(item, key);
    if (wanted == nullptr && keys.size() > 1) continue;
    const auto is_it = [&](const Node& candidate) {
      return SameKey(KeyOf(candidate, key), wanted);
    };
    const auto found = std::ranges::find_if(list.children, is_it);
    return found == list.children.end() ? nullptr : &*found;
  }
  return nullptr;
}

absl::Status MergeList(Node& left, const Node& right, const Field& field) {
  for (const Node& item : right.children) {
    Node* partner = PartnerOf(left, item, field);
    if (partner == nullptr) {
      Append(left, item);
    } else if (field.option->merge() == ConfigField::REPLACE_ITEM) {
      Replace(*partner, item);
    } else {
      RETURN_IF_ERROR(MergeInto(*partner, item, *field.shape));
    }
  }
  return absl::OkStatus();
}

absl::Status MergeField(Node& left, const Node& right, const Field& field) {
  if (right.IsNull()) return absl::OkStatus();
  if (left.IsNull() || field.option->merge() == ConfigField::REPLACE) {
    Replace(left, right);
    return absl::OkStatus();
  }
  if (field.list) return MergeList(left, right, field);
  if (field.map) return MergeMap(left, right, field);
  return MergeValue(left, right, field);
}

}  // namespace

absl::Status MergeInto(Node& left, const Node& right, const Shape& shape) {
  for (const Node& child : right.children) {
    const Field* field = shape.Find(child.key);
    if (field == nullptr || child.IsNull()) continue;
    Node* mine = left.Find(child.key);
    if (mine == nullptr) {
      Append(left, child);
    } else {
      RETURN_IF_ERROR(MergeField(*mine, child, *field));
    }
  }
  return absl::OkStatus();
}

}  // namespace ichor::config
