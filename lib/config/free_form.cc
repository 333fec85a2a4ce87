#include "lib/config/free_form.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lib/yaml/number.h"
#include "lib/yaml/scalar.h"

namespace ichor::config {
namespace {

namespace pb = google::protobuf;

void ToValue(const Node& node, pb::Value& value);

void PlainToValue(const Node& node, pb::Value& value) {
  if (node.IsNull()) return value.set_null_value(pb::NULL_VALUE);
  switch (yml::MeaningOfPlain(node.text)) {
    case yml::PlainMeaning::kBool:
      if (node.text.size() == 4 || node.text.size() == 5) {
        return value.set_bool_value(node.text[0] == 't' || node.text[0] == 'T');
      }
      break;
    case yml::PlainMeaning::kInteger:
      if (const auto number = yml::ParseInteger(node.text)) {
        const auto magnitude = static_cast<double>(number->magnitude);
        return value.set_number_value(number->negative ? -magnitude : magnitude);
      }
      break;
    case yml::PlainMeaning::kFloat:
      if (const auto number = yml::ParseFloat(node.text)) return value.set_number_value(*number);
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

Node FromValue(const pb::Value& value, Source& source) {
  switch (value.kind_case()) {
    case pb::Value::kBoolValue:
      return MakePlain(source, value.bool_value() ? "true" : "false");
    case pb::Value::kNumberValue:
      return MakePlain(source, Keep(source, yml::FormatNumber(value.number_value())));
    case pb::Value::kStringValue:
      return MakeText(source, Keep(source, value.string_value()));
    case pb::Value::kStructValue:
      return FromStruct(value.struct_value(), source);
    case pb::Value::kListValue: {
      Node list = MakeSequence(source);
      for (const pb::Value& item : value.list_value().values()) {
        list.children.push_back(FromValue(item, source));
      }
      return list;
    }
    default:
      return MakePlain(source, "null");
  }
}

}  // namespace

Node FromStruct(const pb::Struct& value, Source& source) {
  Node mapping = MakeMapping(source);
  for (const auto& [key, child] : value.fields()) {
    Node node = FromValue(child, source);
    node.key = Keep(source, key);
    mapping.children.push_back(std::move(node));
  }
  std::ranges::sort(mapping.children, {}, &Node::key);
  return mapping;
}

void ToStruct(const Node& mapping, pb::Struct& result) {
  for (const Node& child : mapping.children) {
    ToValue(child, (*result.mutable_fields())[std::string(child.key)]);
  }
}

}  // namespace ichor::config
