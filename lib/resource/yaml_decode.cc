// FromYaml: from text to a message.
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "lib/base/status.h"
#include "lib/resource/yaml.h"
#include "lib/resource/yaml_field.h"
#include "lib/resource/yaml_form.h"
#include "lib/resource/yaml_path.h"
#include "lib/yaml/document.h"
#include "lib/yaml/number.h"

namespace ichor {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

absl::Status Decode(const yml::Node& node, const YamlPath& path, pb::Message& message);
absl::Status DecodeField(const yml::Node& node, const YamlPath& path, pb::Message& message,
                         const FieldDescriptor& field);

template <class Integer>
absl::StatusOr<Integer> DecodeInteger(const yml::Node& node, const YamlPath& path) {
  using Limits = std::numeric_limits<Integer>;
  const auto number =
      node.kind == yml::Node::Kind::kPlain ? yml::ParseInteger(node.text) : std::nullopt;
  // One more below zero than above; -0 is 0.
  const std::uint64_t largest =
      number && number->negative
          ? (std::is_signed_v<Integer> ? std::uint64_t{Limits::max()} + 1 : 0)
          : std::uint64_t{Limits::max()};
  if (!number || number->magnitude > largest) {
    return Unexpected(node, path,
                      absl::StrCat("an integer from ", Limits::min(), " to ", Limits::max()));
  }
  const std::uint64_t bits = number->negative ? -number->magnitude : number->magnitude;
  return static_cast<Integer>(bits);
}

absl::StatusOr<double> DecodeDouble(const yml::Node& node, const YamlPath& path) {
  if (node.kind == yml::Node::Kind::kPlain) {
    if (const auto number = yml::ParseInteger(node.text)) {
      const auto magnitude = static_cast<double>(number->magnitude);
      return number->negative ? -magnitude : magnitude;
    }
    if (const auto number = yml::ParseFloat(node.text)) return *number;
  }
  return Unexpected(node, path, "a number");
}

absl::StatusOr<bool> DecodeBool(const yml::Node& node, const YamlPath& path) {
  if (const auto value = PlainBool(node)) return *value;
  return Unexpected(node, path, "true or false");
}

absl::StatusOr<std::uint32_t> DecodeUInt32(const yml::Node& node, const YamlPath& path,
                                           const FieldDescriptor& field) {
  const pb::EnumDescriptor* flags = FlagsOf(FormOf(field));
  if (flags == nullptr) return DecodeInteger<std::uint32_t>(node, path);
  const auto text = ScalarText(node);
  const auto bits = text ? ParseFlags(*flags, *text) : std::nullopt;
  if (!bits) return Unexpected(node, path, "flags such as " + SomeWords(*flags, ","));
  return *bits;
}

absl::StatusOr<int> DecodeEnum(const yml::Node& node, const YamlPath& path,
                               const pb::EnumDescriptor& type) {
  if (!HasWords(type)) return DecodeInteger<std::int32_t>(node, path);
  const auto text = ScalarText(node);
  if (text) {
    if (const auto number = NumberOf(type, *text)) return *number;
    // A number that has no word.
    yml::Node plain = node;
    plain.kind = yml::Node::Kind::kPlain;
    const auto number = DecodeInteger<std::int32_t>(plain, path);
    if (number.ok()) return *number;
  }
  return Unexpected(node, path, "one of " + SomeWords(type, ", "));
}

absl::StatusOr<std::string> DecodeByteList(const yml::Node& node, const YamlPath& path) {
  std::string bytes;
  if (node.IsNull()) return bytes;
  if (node.kind != yml::Node::Kind::kSequence) return Unexpected(node, path, "a list of bytes");
  for (size_t i = 0; i < node.children.size(); ++i) {
    const YamlPath item{.parent = &path, .index = static_cast<int>(i)};
    ASSIGN_OR_RETURN(const auto byte, DecodeInteger<std::uint8_t>(node.children[i], item));
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

absl::StatusOr<std::string> DecodeString(const yml::Node& node, const YamlPath& path,
                                         const FieldDescriptor& field) {
  const bool is_bytes = field.type() == FieldDescriptor::TYPE_BYTES;
  const TextOption::Form form = FormOf(field);
  if (is_bytes && form == TextOption::PLAIN) return DecodeByteList(node, path);
  if (is_bytes && node.binary) return std::string(node.text);
  const auto text = ScalarText(node);
  if (!text) return Unexpected(node, path, "a string");
  if (form == TextOption::BASE64) return DecodeBase64(node, path);
  if (form == TextOption::HARDWARE_ADDR) return DecodeHardwareAddress(node, path);
  return std::string(*text);
}

// Sets a field, or adds to a repeated one.
class ValueDecoder {
 public:
  ValueDecoder(const yml::Node& node, const YamlPath& path, pb::Message& message,
               const FieldDescriptor& field)
      : node_(node),
        path_(path),
        message_(message),
        field_(&field),
        reflection_(*message.GetReflection()) {}

  absl::Status Set();
  absl::Status Add();

 private:
  absl::Status SetMessage();

  const yml::Node& node_;
  const YamlPath& path_;
  pb::Message& message_;
  const FieldDescriptor* field_;
  const pb::Reflection& reflection_;
};

// Calls a member of Reflection with what a decoder gave, or passes on its error.
#define STORE(member, decoded)                    \
  {                                               \
    ASSIGN_OR_RETURN(const auto value, decoded);  \
    reflection_.member(&message_, field_, value); \
    return absl::OkStatus();                      \
  }

absl::Status ValueDecoder::Set() {
  switch (field_->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      STORE(SetInt32, DecodeInteger<std::int32_t>(node_, path_))
    case FieldDescriptor::CPPTYPE_INT64:
      STORE(SetInt64, DecodeInteger<std::int64_t>(node_, path_))
    case FieldDescriptor::CPPTYPE_UINT32:
      STORE(SetUInt32, DecodeUInt32(node_, path_, *field_))
    case FieldDescriptor::CPPTYPE_UINT64:
      STORE(SetUInt64, DecodeInteger<std::uint64_t>(node_, path_))
    case FieldDescriptor::CPPTYPE_DOUBLE:
      STORE(SetDouble, DecodeDouble(node_, path_))
    case FieldDescriptor::CPPTYPE_FLOAT:
      STORE(SetFloat, DecodeDouble(node_, path_))
    case FieldDescriptor::CPPTYPE_BOOL:
      STORE(SetBool, DecodeBool(node_, path_))
    case FieldDescriptor::CPPTYPE_ENUM:
      STORE(SetEnumValue, DecodeEnum(node_, path_, *field_->enum_type()))
    case FieldDescriptor::CPPTYPE_STRING:
      STORE(SetString, DecodeString(node_, path_, *field_))
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage();
  }
}

absl::Status ValueDecoder::Add() {
  switch (field_->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      STORE(AddInt32, DecodeInteger<std::int32_t>(node_, path_))
    case FieldDescriptor::CPPTYPE_INT64:
      STORE(AddInt64, DecodeInteger<std::int64_t>(node_, path_))
    case FieldDescriptor::CPPTYPE_UINT32:
      STORE(AddUInt32, DecodeUInt32(node_, path_, *field_))
    case FieldDescriptor::CPPTYPE_UINT64:
      STORE(AddUInt64, DecodeInteger<std::uint64_t>(node_, path_))
    case FieldDescriptor::CPPTYPE_DOUBLE:
      STORE(AddDouble, DecodeDouble(node_, path_))
    case FieldDescriptor::CPPTYPE_FLOAT:
      STORE(AddFloat, DecodeDouble(node_, path_))
    case FieldDescriptor::CPPTYPE_BOOL:
      STORE(AddBool, DecodeBool(node_, path_))
    case FieldDescriptor::CPPTYPE_ENUM:
      STORE(AddEnumValue, DecodeEnum(node_, path_, *field_->enum_type()))
    case FieldDescriptor::CPPTYPE_STRING:
      STORE(AddString, DecodeString(node_, path_, *field_))
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Decode(node_, path_, *reflection_.AddMessage(&message_, field_));
  }
}

#undef STORE

// Null and a value that reads like an unset one leave the field unset.
absl::Status ValueDecoder::SetMessage() {
  const MessageForm form = FormOf(*field_->message_type());
  if (node_.IsNull() && form != MessageForm::kValue) return absl::OkStatus();
  pb::Message& value = *reflection_.MutableMessage(&message_, field_);
  RETURN_IF_ERROR(Decode(node_, path_, value));
  const bool plain = !TagOf(*field_).omit_empty && !IsNullable(*field_->message_type()) &&
                     form == MessageForm::kNone;
  const bool in_map = field_->containing_type()->options().map_entry();
  const bool unset = IsZeroForm(value, form) || (plain && value.ByteSizeLong() == 0);
  if (unset && !in_map) reflection_.ClearField(&message_, field_);
  return absl::OkStatus();
}

absl::Status DecodeMap(const yml::Node& node, const YamlPath& path, pb::Message& message,
                       const FieldDescriptor& field) {
  if (node.kind != yml::Node::Kind::kMapping) return Unexpected(node, path, "a mapping");
  const pb::Descriptor& entry_type = *field.message_type();
  for (const yml::Node& child : node.children) {
    const YamlPath child_path{.parent = &path, .key = child.key};
    pb::Message& entry = *message.GetReflection()->AddMessage(&message, &field);
    entry.GetReflection()->SetString(&entry, entry_type.map_key(), std::string(child.key));
    RETURN_IF_ERROR(ValueDecoder(child, child_path, entry, *entry_type.map_value()).Set());
  }
  return absl::OkStatus();
}

absl::Status DecodeField(const yml::Node& node, const YamlPath& path, pb::Message& message,
                         const FieldDescriptor& field) {
  if (!field.is_repeated()) return ValueDecoder(node, path, message, field).Set();
  if (node.IsNull()) return absl::OkStatus();
  if (field.is_map()) return DecodeMap(node, path, message, field);
  if (node.kind != yml::Node::Kind::kSequence) return Unexpected(node, path, "a list");
  for (size_t i = 0; i < node.children.size(); ++i) {
    const YamlPath item{.parent = &path, .index = static_cast<int>(i)};
    RETURN_IF_ERROR(ValueDecoder(node.children[i], item, message, field).Add());
  }
  return absl::OkStatus();
}

// Where a key belongs: a field of a message, or of an inline message in it.
struct Target {
  pb::Message* message = nullptr;
  const FieldDescriptor* field = nullptr;
};

std::optional<Target> FindKey(pb::Message& message, std::string_view key) {
  const pb::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const YamlTag tag = TagOf(*field);
    if (tag.skip) continue;
    if (!tag.is_inline && tag.key == key) return Target{&message, field};
    if (!tag.is_inline) continue;
    const pb::Reflection& reflection = *message.GetReflection();
    const bool was_set = reflection.HasField(message, field);
    if (auto target = FindKey(*reflection.MutableMessage(&message, field), key)) return target;
    if (!was_set) reflection.ClearField(&message, field);
  }
  return std::nullopt;
}

absl::Status Decode(const yml::Node& node, const YamlPath& path, pb::Message& message) {
  const MessageForm form = FormOf(*message.GetDescriptor());
  if (form != MessageForm::kNone) return DecodeForm(node, path, form, message);
  if (const FieldDescriptor* only = OnlyInlineField(*message.GetDescriptor())) {
    return DecodeField(node, path, message, *only);
  }
  if (node.kind != yml::Node::Kind::kMapping) return Unexpected(node, path, "a mapping");
  for (const yml::Node& child : node.children) {
    const auto target = FindKey(message, child.key);
    if (!target) return UnknownKey(child, path);
    const YamlPath child_path{.parent = &path, .key = child.key};
    RETURN_IF_ERROR(DecodeField(child, child_path, *target->message, *target->field));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FromYaml(std::string_view text, pb::Message& spec) {
  spec.Clear();
  yml::Source source{.file = {}, .text = std::string(text)};
  ASSIGN_OR_RETURN(const yml::Node root, yml::ReadDocument(source));
  const FieldDescriptor* only = OnlyInlineField(*spec.GetDescriptor());
  if (only != nullptr && FormOf(*only) == TextOption::YAML) {
    const bool empty = root.kind == yml::Node::Kind::kMapping && root.children.empty();
    if (!empty) spec.GetReflection()->SetString(&spec, only, std::string(text));
    return absl::OkStatus();
  }
  return Decode(root, YamlPath{}, spec);
}

}  // namespace ichor
