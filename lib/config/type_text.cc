#include "lib/config/type_text.h"

#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

std::string_view FormText(const ConfigField& option) {
  switch (option.form()) {
    case ConfigField::WORD:
      return "word";
    case ConfigField::PREFIX:
      return "IP prefix";
    case ConfigField::ADDRESS:
      return "IP address";
    case ConfigField::ENDPOINT:
      return "address and port";
    case ConfigField::URL:
      return "URL";
    case ConfigField::HEX:
      return "hexadecimal bytes";
    case ConfigField::EXPRESSION:
      return "CEL expression";
    case ConfigField::SIZE_MATCH:
      return "size with an operator";
    case ConfigField::SIZE:
      return "size";
    case ConfigField::SIZE_OR_PERCENT:
      return "size or percentage";
    case ConfigField::OCTAL:
      return "file mode";
    case ConfigField::ROUTING_TABLE:
      return "routing table";
    case ConfigField::PORT_RANGE:
      return "port or range";
    default:
      return "";
  }
}

std::string_view ValueText(const Field& field) {
  const std::string_view form = FormText(*field.option);
  if (!form.empty()) return form;
  switch (field.type) {
    case ValueType::kString:
      return "string";
    case ValueType::kBool:
      return "boolean";
    case ValueType::kInteger:
      return "integer";
    case ValueType::kBytes:
      return "base64";
    case ValueType::kDuration:
      return "duration";
    case ValueType::kArguments:
      return "string or list of strings";
    case ValueType::kFree:
      return "free mapping";
    case ValueType::kMessage:
      return "mapping";
  }
}

}  // namespace

std::string TypeText(const Field& field) {
  const std::string_view value = ValueText(field);
  if (field.list) return Cat("list of ", value);
  if (field.map) return Cat("map of ", value);
  return std::string(value);
}

}  // namespace ichor::config
