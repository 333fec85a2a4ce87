// ToYaml: from a message to text.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/common.pb.h"
#include "google/api/expr/v1alpha1/checked.pb.h"
#include "google/protobuf/struct.pb.h"
#include "lib/resource/address_text.h"
#include "lib/resource/cel/cel.h"
#include "lib/resource/time_text.h"
#include "lib/resource/yaml.h"
#include "lib/resource/yaml_field.h"
#include "lib/yaml/emit.h"
#include "lib/yaml/number.h"

namespace ichor {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

void Encode(const pb::Message& message, yml::Emitter& emitter);
void Encode(const pb::Value& value, yml::Emitter& emitter);

void Encode(const pb::Struct& value, yml::Emitter& emitter) {
  std::vector<std::pair<std::string_view, const pb::Value*>> entries;
  for (const auto& [key, entry] : value.fields())
    entries.emplace_back(key, &entry);
  std::ranges::sort(entries);
  emitter.BeginMapping();
  for (const auto& [key, entry] : entries) {
    emitter.Key(key);
    Encode(*entry, emitter);
  }
  emitter.EndMapping();
}

void Encode(const pb::ListValue& list, yml::Emitter& emitter) {
  emitter.BeginSequence();
  for (const pb::Value& item : list.values()) {
    emitter.Item();
    Encode(item, emitter);
  }
  emitter.EndSequence();
}

void Encode(const pb::Value& value, yml::Emitter& emitter) {
  switch (value.kind_case()) {
    case pb::Value::kNumberValue:
      return emitter.Plain(yml::FormatNumber(value.number_value()));
    case pb::Value::kStringValue:
      return emitter.String(value.string_value());
    case pb::Value::kBoolValue:
      return emitter.Plain(value.bool_value() ? "true" : "false");
    case pb::Value::kStructValue:
      return Encode(value.struct_value(), emitter);
    case pb::Value::kListValue:
      return Encode(value.list_value(), emitter);
    default:
      return emitter.Plain("null");
  }
}

// An expression that cannot be written is a bug of who made it; the text says so and does not read
// back.
std::string ExpressionToText(const google::api::expr::v1alpha1::CheckedExpr& expression) {
  if (!expression.has_expr()) return "";
  absl::StatusOr<std::string> text = CelToText(expression);
  return text.ok() ? *std::move(text) : absl::StrCat("<", text.status().message(), ">");
}

// Writes a message that has a form of its own.
void EncodeForm(const pb::Message& message, MessageForm form, yml::Emitter& emitter) {
  switch (form) {
    case MessageForm::kNone:
      break;
    case MessageForm::kAddress:
      return emitter.String(ToText(static_cast<const common::NetIP&>(message)));
    case MessageForm::kEndpoint:
      return emitter.String(ToText(static_cast<const common::NetIPPort&>(message)));
    case MessageForm::kPrefix:
      return emitter.String(ToText(static_cast<const common::NetIPPrefix&>(message)));
    case MessageForm::kUrl:
      return emitter.String(static_cast<const common::URL&>(message).full_path());
    case MessageForm::kDuration:
      return emitter.Plain(ToText(static_cast<const pb::Duration&>(message)));
    case MessageForm::kTimestamp:
      return emitter.Plain(ToText(static_cast<const pb::Timestamp&>(message)));
    case MessageForm::kStruct:
      return Encode(static_cast<const pb::Struct&>(message), emitter);
    case MessageForm::kValue:
      return Encode(static_cast<const pb::Value&>(message), emitter);
    case MessageForm::kList:
      return Encode(static_cast<const pb::ListValue&>(message), emitter);
    case MessageForm::kExpression:
      return emitter.String(
          ExpressionToText(static_cast<const google::api::expr::v1alpha1::CheckedExpr&>(message)));
  }
}

// An unset message field: null, or what an empty message reads like.
void EncodeUnset(const pb::Message& prototype, yml::Emitter& emitter) {
  if (IsNullable(*prototype.GetDescriptor())) return emitter.Plain("null");
  if (FormOf(*prototype.GetDescriptor()) == MessageForm::kTimestamp) {
    return emitter.Plain(ToText(ZeroTime()));
  }
  Encode(prototype, emitter);
}

void EncodeBytes(std::string_view bytes, TextOption::Form form, yml::Emitter& emitter) {
  switch (form) {
    case TextOption::STRING:
      return emitter.String(bytes);
    case TextOption::BASE64:
      return emitter.String(absl::Base64Escape({bytes.data(), bytes.size()}));
    case TextOption::HARDWARE_ADDR:
      return emitter.String(HardwareAddressToText(bytes));
    default:
      break;
  }
  emitter.BeginSequence();
  for (const char byte : bytes) {
    emitter.Item();
    emitter.Plain(absl::StrCat(static_cast<unsigned char>(byte)));
  }
  emitter.EndSequence();
}

void EncodeEnum(const pb::EnumDescriptor& type, int number, yml::Emitter& emitter) {
  if (const auto word = WordOf(type, number)) return emitter.String(*word);
  const std::string digits = absl::StrCat(number);
  return HasWords(type) ? emitter.String(digits) : emitter.Plain(digits);
}

void EncodeUInt32(const FieldDescriptor& field, std::uint32_t value, yml::Emitter& emitter) {
  const pb::EnumDescriptor* flags = FlagsOf(FormOf(field));
  return flags != nullptr ? emitter.String(FlagsToText(*flags, value))
                          : emitter.Plain(absl::StrCat(value));
}

// Writes the value of a field, or with an index one value of a repeated one.
class ValueEncoder {
 public:
  ValueEncoder(const pb::Message& message, const FieldDescriptor& field, yml::Emitter& emitter)
      : message_(message),
        field_(field),
        reflection_(*message.GetReflection()),
        emitter_(emitter) {}

  void Singular() const;
  void Repeated(int index) const;

 private:
  void String(const std::string& value) const {
    if (field_.type() != FieldDescriptor::TYPE_BYTES) return emitter_.String(value);
    EncodeBytes(value, FormOf(field_), emitter_);
  }
  void Message() const;

  const pb::Message& message_;
  const FieldDescriptor& field_;
  const pb::Reflection& reflection_;
  yml::Emitter& emitter_;
};

void ValueEncoder::Message() const {
  const pb::Message& value = reflection_.GetMessage(message_, &field_);
  return reflection_.HasField(message_, &field_) ? Encode(value, emitter_)
                                                 : EncodeUnset(value, emitter_);
}

void ValueEncoder::Singular() const {
  const pb::Message& m = message_;
  const FieldDescriptor* f = &field_;
  std::string scratch;
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return emitter_.Plain(absl::StrCat(reflection_.GetInt32(m, f)));
    case FieldDescriptor::CPPTYPE_INT64:
      return emitter_.Plain(absl::StrCat(reflection_.GetInt64(m, f)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return EncodeUInt32(*f, reflection_.GetUInt32(m, f), emitter_);
    case FieldDescriptor::CPPTYPE_UINT64:
      return emitter_.Plain(absl::StrCat(reflection_.GetUInt64(m, f)));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return emitter_.Plain(yml::FormatFloat(reflection_.GetDouble(m, f)));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return emitter_.Plain(yml::FormatFloat(reflection_.GetFloat(m, f)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return emitter_.Plain(reflection_.GetBool(m, f) ? "true" : "false");
    case FieldDescriptor::CPPTYPE_ENUM:
      return EncodeEnum(*f->enum_type(), reflection_.GetEnumValue(m, f), emitter_);
    case FieldDescriptor::CPPTYPE_STRING:
      return String(reflection_.GetStringReference(m, f, &scratch));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Message();
  }
}

void ValueEncoder::Repeated(int index) const {
  const pb::Message& m = message_;
  const FieldDescriptor* f = &field_;
  const pb::Reflection& r = reflection_;
  std::string scratch;
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return emitter_.Plain(absl::StrCat(r.GetRepeatedInt32(m, f, index)));
    case FieldDescriptor::CPPTYPE_INT64:
      return emitter_.Plain(absl::StrCat(r.GetRepeatedInt64(m, f, index)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return EncodeUInt32(*f, r.GetRepeatedUInt32(m, f, index), emitter_);
    case FieldDescriptor::CPPTYPE_UINT64:
      return emitter_.Plain(absl::StrCat(r.GetRepeatedUInt64(m, f, index)));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return emitter_.Plain(yml::FormatFloat(r.GetRepeatedDouble(m, f, index)));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return emitter_.Plain(yml::FormatFloat(r.GetRepeatedFloat(m, f, index)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return emitter_.Plain(r.GetRepeatedBool(m, f, index) ? "true" : "false");
    case FieldDescriptor::CPPTYPE_ENUM:
      return EncodeEnum(*f->enum_type(), r.GetRepeatedEnumValue(m, f, index), emitter_);
    case FieldDescriptor::CPPTYPE_STRING:
      return String(r.GetRepeatedStringReference(m, f, index, &scratch));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Encode(r.GetRepeatedMessage(m, f, index), emitter_);
  }
}

// Maps have strings as keys: a test checks that no resource has others.
void EncodeMap(const pb::Message& message, const FieldDescriptor& field, yml::Emitter& emitter) {
  const pb::Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* key = field.message_type()->map_key();
  std::vector<std::pair<std::string, const pb::Message*>> entries;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const pb::Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    entries.emplace_back(entry.GetReflection()->GetString(entry, key), &entry);
  }
  std::ranges::sort(entries, {},
                    [](const auto& entry) -> const std::string& { return entry.first; });
  emitter.BeginMapping();
  for (const auto& [text, entry] : entries) {
    emitter.Key(text);
    ValueEncoder(*entry, *field.message_type()->map_value(), emitter).Singular();
  }
  emitter.EndMapping();
}

void EncodeField(const pb::Message& message, const FieldDescriptor& field, yml::Emitter& emitter) {
  if (field.is_map()) return EncodeMap(message, field, emitter);
  const ValueEncoder value(message, field, emitter);
  if (!field.is_repeated()) return value.Singular();
  emitter.BeginSequence();
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    emitter.Item();
    value.Repeated(i);
  }
  emitter.EndSequence();
}

// Whether `omitempty` leaves the field out.
bool IsEmpty(const pb::Message& message, const FieldDescriptor& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) return reflection.FieldSize(message, &field) == 0;
  if (!reflection.HasField(message, &field)) return true;
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return false;
  return IsZeroForm(reflection.GetMessage(message, &field), FormOf(*field.message_type()));
}

void EncodeKeys(const pb::Message& message, yml::Emitter& emitter) {
  const pb::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const YamlTag tag = TagOf(field);
    if (tag.skip || (tag.omit_empty && IsEmpty(message, field))) continue;
    if (tag.is_inline) {
      EncodeKeys(message.GetReflection()->GetMessage(message, &field), emitter);
    } else {
      emitter.Key(tag.key);
      EncodeField(message, field, emitter);
    }
  }
}

void Encode(const pb::Message& message, yml::Emitter& emitter) {
  const MessageForm form = FormOf(*message.GetDescriptor());
  if (form != MessageForm::kNone) return EncodeForm(message, form, emitter);
  if (const FieldDescriptor* only = OnlyInlineField(*message.GetDescriptor())) {
    return EncodeField(message, *only, emitter);
  }
  emitter.BeginMapping();
  EncodeKeys(message, emitter);
  emitter.EndMapping();
}

}  // namespace

std::string ToYaml(const pb::Message& spec) {
  const FieldDescriptor* only = OnlyInlineField(*spec.GetDescriptor());
  if (only != nullptr && FormOf(*only) == TextOption::YAML) {
    std::string text = spec.GetReflection()->GetString(spec, only);
    return text.empty() ? "{}\n" : text;
  }
  yml::Emitter emitter;
  Encode(spec, emitter);
  return std::move(emitter).Finish();
}

}  // namespace ichor
