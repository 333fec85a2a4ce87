#include "lib/resource/yaml_field.h"

#include <array>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/common.pb.h"
#include "google/api/expr/v1alpha1/checked.pb.h"
#include "google/protobuf/struct.pb.h"
#include "ichor/resource.pb.h"
#include "lib/resource/time_text.h"
#include "lib/yaml/number.h"
#include "talos/resource/definitions/enums/enums.pb.h"

namespace ichor {
namespace {

namespace pb = google::protobuf;
namespace enums = talos::resource::definitions::enums;

std::optional<std::string_view> WordOf(const pb::EnumValueDescriptor& value) {
  if (!value.options().HasExtension(ichor::value)) return std::nullopt;
  return value.options().GetExtension(ichor::value);
}

MessageForm WellKnownForm(const pb::Descriptor& message) {
  switch (message.well_known_type()) {
    case pb::Descriptor::WELLKNOWNTYPE_DURATION:
      return MessageForm::kDuration;
    case pb::Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return MessageForm::kTimestamp;
    case pb::Descriptor::WELLKNOWNTYPE_STRUCT:
      return MessageForm::kStruct;
    case pb::Descriptor::WELLKNOWNTYPE_VALUE:
      return MessageForm::kValue;
    case pb::Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return MessageForm::kList;
    default:
      return MessageForm::kNone;
  }
}

}  // namespace

YamlTag TagOf(const pb::FieldDescriptor& field) {
  YamlTag tag{.key = field.json_name()};
  if (!field.options().HasExtension(ichor::yaml)) return tag;
  const std::string_view text = field.options().GetExtension(ichor::yaml);
  const size_t comma = text.find(',');
  const std::string_view key = text.substr(0, comma);
  if (!key.empty()) tag.key = key;
  tag.skip = key == "-";
  if (comma == std::string_view::npos) return tag;
  const std::string_view rest = text.substr(comma);
  tag.omit_empty = rest.contains(",omitempty");
  tag.is_inline = rest.contains(",inline");
  return tag;
}

TextOption::Form FormOf(const pb::FieldDescriptor& field) {
  return field.options().GetExtension(ichor::text);
}

MessageForm FormOf(const pb::Descriptor& message) {
  static const std::array<std::pair<const pb::Descriptor*, MessageForm>, 5> kForms = {{
      {common::NetIP::descriptor(), MessageForm::kAddress},
      {common::NetIPPort::descriptor(), MessageForm::kEndpoint},
      {common::NetIPPrefix::descriptor(), MessageForm::kPrefix},
      {common::URL::descriptor(), MessageForm::kUrl},
      {google::api::expr::v1alpha1::CheckedExpr::descriptor(), MessageForm::kExpression},
  }};
  for (const auto& [descriptor, form] : kForms) {
    if (descriptor == &message) return form;
  }
  return WellKnownForm(message);
}

bool IsNullable(const pb::Descriptor& message) {
  return message.options().GetExtension(ichor::nullable);
}

const pb::FieldDescriptor* OnlyInlineField(const pb::Descriptor& message) {
  if (message.field_count() != 1) return nullptr;
  return TagOf(*message.field(0)).is_inline ? message.field(0) : nullptr;
}

bool IsZeroForm(const pb::Message& message, MessageForm form) {
  switch (form) {
    case MessageForm::kAddress:
      return static_cast<const common::NetIP&>(message).ip().empty();
    case MessageForm::kEndpoint:
      return static_cast<const common::NetIPPort&>(message).ip().empty();
    case MessageForm::kPrefix:
      return static_cast<const common::NetIPPrefix&>(message).ip().empty();
    case MessageForm::kDuration:
      return message.ByteSizeLong() == 0;
    case MessageForm::kTimestamp:
      return IsZeroTime(static_cast<const pb::Timestamp&>(message));
    case MessageForm::kStruct:
      return static_cast<const pb::Struct&>(message).fields().empty();
    case MessageForm::kExpression:
      return !static_cast<const google::api::expr::v1alpha1::CheckedExpr&>(message).has_expr();
    default:
      return false;
  }
}

bool HasWords(const pb::EnumDescriptor& type) {
  for (int i = 0; i < type.value_count(); ++i) {
    if (WordOf(*type.value(i)).has_value()) return true;
  }
  return false;
}

std::optional<std::string_view> WordOf(const pb::EnumDescriptor& type, int number) {
  const pb::EnumValueDescriptor* value = type.FindValueByNumber(number);
  return value == nullptr ? std::nullopt : WordOf(*value);
}

std::optional<int> NumberOf(const pb::EnumDescriptor& type, std::string_view word) {
  for (int i = 0; i < type.value_count(); ++i) {
    if (WordOf(*type.value(i)) == word) return type.value(i)->number();
  }
  return std::nullopt;
}

const pb::EnumDescriptor* FlagsOf(TextOption::Form form) {
  switch (form) {
    case TextOption::ADDRESS_FLAGS:
      return enums::NethelpersAddressFlag_descriptor();
    case TextOption::LINK_FLAGS:
      return definitions::LinkFlag_descriptor();
    case TextOption::ROUTE_FLAGS:
      return enums::NethelpersRouteFlag_descriptor();
    default:
      return nullptr;
  }
}

std::string FlagsToText(const pb::EnumDescriptor& type, std::uint32_t bits) {
  std::string text;
  for (int i = 0; i < type.value_count(); ++i) {
    const auto bit = static_cast<std::uint32_t>(type.value(i)->number());
    const auto word = WordOf(*type.value(i));
    if (bit == 0 || (bits & bit) != bit || !word) continue;
    text.append(text.empty() ? "" : ",").append(*word);
    bits &= ~bit;
  }
  if (bits != 0) absl::StrAppend(&text, text.empty() ? "" : ",", "0x", absl::Hex(bits));
  return text;
}

std::optional<std::uint32_t> ParseFlags(const pb::EnumDescriptor& type, std::string_view text) {
  std::uint32_t bits = 0;
  if (text.empty()) return bits;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    const std::string_view word(part.data(), part.size());
    if (const auto bit = NumberOf(type, word)) {
      bits |= static_cast<std::uint32_t>(*bit);
      continue;
    }
    const auto number = yml::ParseInteger(word);
    const bool fits = number && !number->negative &&
                      number->magnitude <= std::numeric_limits<std::uint32_t>::max();
    if (!fits) return std::nullopt;
    bits |= static_cast<std::uint32_t>(number->magnitude);
  }
  return bits;
}

}  // namespace ichor
