#include "lib/resource/set_field.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/log/absl_check.h"
#include "lib/resource/yaml_field.h"

namespace ichor {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

std::optional<std::uint32_t> Parse(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number)
                                                                  : std::nullopt;
}

std::optional<bool> BoolOf(std::string_view text) {
  if (text == "true" || text == "1" || text == "on") {
    return true;
  }
  return text == "false" || text == "0" || text == "off" ? std::optional(false) : std::nullopt;
}

const EnumValueDescriptor* ValueOf(const EnumDescriptor& type, std::string_view text) {
  if (const std::optional<int> named = ichor::NumberOf(type, text); named.has_value()) {
    return type.FindValueByNumber(*named);
  }
  const std::optional<std::uint32_t> number = Parse(text);
  return number.has_value() ? type.FindValueByNumber(static_cast<int>(*number)) : nullptr;
}

}  // namespace

bool SetField(google::protobuf::Message& message, std::string_view field, std::string_view text) {
  const FieldDescriptor* const found = message.GetDescriptor()->FindFieldByName(std::string(field));
  ABSL_CHECK(found != nullptr) << field;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (found->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const EnumValueDescriptor* const value = ValueOf(*found->enum_type(), text);
    if (value != nullptr) {
      reflection.SetEnum(&message, found, value);
    }
    return value != nullptr;
  }
  if (found->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    const std::optional<bool> value = BoolOf(text);
    if (value.has_value()) {
      reflection.SetBool(&message, found, *value);
    }
    return value.has_value();
  }
  ABSL_CHECK(found->cpp_type() == FieldDescriptor::CPPTYPE_UINT32) << field;
  const std::optional<std::uint32_t> number = Parse(text);
  if (number.has_value()) {
    reflection.SetUInt32(&message, found, *number);
  }
  return number.has_value();
}

}  // namespace ichor
