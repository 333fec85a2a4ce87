#include "tools/reference/field_type.h"

#include <string_view>

#include "lib/resource/yaml_field.h"

namespace ichor::reference {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

namespace {

std::string WordsOf(const EnumDescriptor& type) {
  const bool has_words = HasWords(type);
  std::string words;
  for (int i = 0; i < type.value_count(); ++i) {
    const auto word = has_words ? WordOf(type, type.value(i)->number())
                                : std::optional<std::string_view>(type.value(i)->name());
    if (word.has_value() && !word->empty()) {
      words += (words.empty() ? "" : ", ") + std::string(*word);
    }
  }
  return words;
}

std::string WordFor(const google::protobuf::Descriptor& message) {
  switch (FormOf(message)) {
    case MessageForm::kNone:
      return std::string(message.name());
    case MessageForm::kAddress:
      return "IP address";
    case MessageForm::kEndpoint:
      return "IP address and port";
    case MessageForm::kPrefix:
      return "IP address and length of its prefix";
    case MessageForm::kUrl:
      return "URL";
    case MessageForm::kDuration:
      return "duration";
    case MessageForm::kTimestamp:
      return "time";
    case MessageForm::kExpression:
      return "CEL expression";
    case MessageForm::kStruct:
    case MessageForm::kValue:
    case MessageForm::kList:
      return "any YAML";
  }
}

std::string SingleTypeOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WordFor(*field.message_type());
    case FieldDescriptor::CPPTYPE_ENUM:
      return "one of: " + WordsOf(*field.enum_type());
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? "bytes" : "string";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "boolean";
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "number";
    default:
      return "integer";
  }
}

}  // namespace

std::string TypeOf(const FieldDescriptor& field) {
  if (field.is_map()) {
    return "map of " + SingleTypeOf(*field.message_type()->map_key()) + " to " +
           SingleTypeOf(*field.message_type()->map_value());
  }
  return (field.is_repeated() ? "list of " : "") + SingleTypeOf(field);
}

}  // namespace ichor::reference
