#include "lib/config/free_form.h"

#include <string>

#include "lib/resource/yaml/number.h"
#include "lib/resource/yaml/scalar.h"

namespace ichor::config {
namespace {

namespace pb = google::protobuf;

void ToValue(const Node& node, pb::Value& value);

void PlainToValue(const Node& node, pb::Value& value) {
  if (node.IsNull()) return value.set_null_value(pb::NULL_VALUE);
  switch (MeaningOfPlain(node.text)) {
    case PlainMeaning::kBool:
      if (node.text.size() == 4 || node.text.size() == 5) {
        return value.set_bool_value(node.text[0] == 't' || node.text[0] == 'T');
      }
      break;
    case PlainMeaning::kInteger:
      if (const auto number = ParseYamlInteger(node.text)) {
        const auto magnitude = static_cast<double>(number->magnitude);
        return value.set_number_value(number->negative ? -magnitude : magnitude);
      }
      break;
    case PlainMeaning::kFloat:
      if (const auto number = ParseYamlFloat(node.text)) return value.set_number_value(*number);
      break;
    default:
      break;
  }
  value.set_string_value(std::string(node.text));
}

void ToValue(const Node& node, pb::Value& value) {
  switch (node.kind) {
    case Node::Kind::kPlain:
      return PlainToValue(node, value);
    case Node::Kind::kText:
      return value.set_string_value(std::string(node.text));
    case Node::Kind::kMapping:
      return ToStruct(node, *value.mutable_struct_value());
    case Node::Kind::kSequence:
      value.mutable_list_value();
      for (const Node& item : node.children) {
        ToValue(item, *value.mutable_list_value()->add_values());
      }
  }
}

}  // namespace

void ToStruct(const Node& mapping, pb::Struct& result) {
  for (const Node& child : mapping.children) {
    ToValue(child, (*result.mutable_fields())[std::string(child.key)]);
  }
}

}  // namespace ichor::config
