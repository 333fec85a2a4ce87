#include "lib/kube/json.h"

#include <cmath>
#include <cstdint>
#include <format>
#include <map>

#include "google/protobuf/util/json_util.h"
#include "lib/resource/json_text.h"

namespace ichor::kube {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr double kExact = 9007199254740992;  // 2^53

void Write(const Value& value, std::string& text);

void Write(const Struct& object, std::string& text) {
  const std::map<std::string_view, const Value*> sorted = [&object] {
    std::map<std::string_view, const Value*> fields;
    for (const auto& [key, value] : object.fields()) {
      fields[key] = &value;
    }
    return fields;
  }();
  text += '{';
  for (const auto& [key, value] : sorted) {
    text += text.back() == '{' ? "" : ",";
    text += JsonText(key) + ':';
    Write(*value, text);
  }
  text += '}';
}

void Write(const Value& value, std::string& text) {
  switch (value.kind_case()) {
    case Value::kBoolValue:
      text += value.bool_value() ? "true" : "false";
      return;
    case Value::kNumberValue: {
      const double number = value.number_value();
      const bool whole = std::abs(number) < kExact && number == std::trunc(number);
      text +=
          whole ? std::format("{}", static_cast<std::int64_t>(number)) : std::format("{}", number);
      return;
    }
    case Value::kStringValue:
      text += JsonText(value.string_value());
      return;
    case Value::kStructValue:
      Write(value.struct_value(), text);
      return;
    case Value::kListValue:
      text += '[';
      for (const Value& item : value.list_value().values()) {
        text += text.back() == '[' ? "" : ",";
        Write(item, text);
      }
      text += ']';
      return;
    default:
      text += "null";
  }
}

}  // namespace

std::string ToJson(const Struct& object) {
  std::string text;
  Write(object, text);
  return text;
}

absl::StatusOr<Struct> FromJson(std::string_view text) {
  Struct object;
  // What it says quotes the text, which may be a secret.
  if (!google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, &object).ok()) {
    return absl::InvalidArgumentError("no JSON object");
  }
  return object;
}

}  // namespace ichor::kube
