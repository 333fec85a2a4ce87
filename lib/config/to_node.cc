#include "lib/config/to_node.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "config/common.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/struct.pb.h"
#include "lib/config/free_form.h"
#include "lib/config/scalar_form.h"
#include "lib/config/yaml.h"
#include "lib/resource/time_text.h"

namespace ichor::config {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

// Makes the nodes of one field; a value of a list by its index, or -1.
class FieldEncoder {
 public:
  FieldEncoder(const Field& field, Source& source) : field_(field), source_(source) {}

  Node Value(const pb::Message& message, const FieldDescriptor& target, int index);
  Node List(const pb::Message& message);
  Node Map(const pb::Message& message);

  // What a field that is always written shows when it is not set; null without one.
  std::optional<Node> Empty();

 private:
  Node Text(std::string text) { return MakeText(source_, Keep(source_, std::move(text))); }
  Node Plain(std::string text) { return MakePlain(source_, Keep(source_, std::move(text))); }
  Node Integer(const pb::Message& message, const FieldDescriptor& target, int index);
  Node FromMessage(const pb::Message& value);

  const Field& field_;
  Source& source_;
};

std::string IntegerText(const pb::Message& message, const FieldDescriptor& target, int index) {
  const pb::Reflection& reflection = *message.GetReflection();
  const bool list = index >= 0;
  switch (target.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Cat(list ? reflection.GetRepeatedInt32(message, &target, index)
                      : reflection.GetInt32(message, &target));
    case FieldDescriptor::CPPTYPE_INT64:
      return Cat(list ? reflection.GetRepeatedInt64(message, &target, index)
                      : reflection.GetInt64(message, &target));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Cat(list ? reflection.GetRepeatedUInt64(message, &target, index)
                      : reflection.GetUInt64(message, &target));
    default:
      return Cat(list ? reflection.GetRepeatedUInt32(message, &target, index)
                      : reflection.GetUInt32(message, &target));
  }
}

Node FieldEncoder::Integer(const pb::Message& message, const FieldDescriptor& target, int index) {
  const ConfigField::Form form = field_.option->form();
  if (form == ConfigField::ROUTING_TABLE) {
    return Plain(RoutingTableText(message.GetReflection()->GetUInt32(message, &target)));
  }
  if (form == ConfigField::OCTAL) {
    return Plain(absl::StrFormat("0o%o", message.GetReflection()->GetUInt32(message, &target)));
  }
  return Plain(IntegerText(message, target, index));
}

Node FieldEncoder::FromMessage(const pb::Message& value) {
  switch (field_.type) {
    case ValueType::kDuration:
      return Text(ToText(static_cast<const pb::Duration&>(value)));
    case ValueType::kFree:
      return FromStruct(static_cast<const pb::Struct&>(value), source_);
    case ValueType::kArguments: {
      const auto& arguments = static_cast<const v1alpha1::Arguments&>(value);
      if (arguments.values_size() == 1) return Text(arguments.values(0));
      Node list = MakeSequence(source_);
      for (const std::string& argument : arguments.values()) {
        list.children.push_back(Text(argument));
      }
      return list;
    }
    default:
      return ToNode(value, *field_.shape, source_);
  }
}

Node FieldEncoder::Value(const pb::Message& message, const FieldDescriptor& target, int index) {
  const pb::Reflection& reflection = *message.GetReflection();
  const bool list = index >= 0;
  switch (target.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Plain((list ? reflection.GetRepeatedBool(message, &target, index)
                         : reflection.GetBool(message, &target))
                       ? "true"
                       : "false");
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = list ? reflection.GetRepeatedString(message, &target, index)
                              : reflection.GetString(message, &target);
      if (field_.type == ValueType::kBytes) text = absl::Base64Escape(text);
      const bool number = field_.option->form() == ConfigField::PORT_RANGE && !text.contains('-');
      return number ? Plain(std::move(text)) : Text(std::move(text));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FromMessage(list ? reflection.GetRepeatedMessage(message, &target, index)
                              : reflection.GetMessage(message, &target));
    default:
      return Integer(message, target, index);
  }
}

Node FieldEncoder::List(const pb::Message& message) {
  Node list = MakeSequence(source_);
  const int size = message.GetReflection()->FieldSize(message, field_.descriptor);
  for (int i = 0; i < size; ++i) {
    list.children.push_back(Value(message, *field_.descriptor, i));
  }
  return list;
}

Node FieldEncoder::Map(const pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  const pb::Descriptor& entry_type = *field_.descriptor->message_type();
  Node mapping = MakeMapping(source_);
  for (int i = 0; i < reflection.FieldSize(message, field_.descriptor); ++i) {
    const pb::Message& entry = reflection.GetRepeatedMessage(message, field_.descriptor, i);
    Node value = Value(entry, *entry_type.map_value(), -1);
    value.key = Keep(source_, entry.GetReflection()->GetString(entry, entry_type.map_key()));
    mapping.children.push_back(std::move(value));
  }
  std::ranges::sort(mapping.children, {}, &Node::key);
  return mapping;
}

std::optional<Node> FieldEncoder::Empty() {
  if (field_.list) return MakeSequence(source_);
  if (field_.map || field_.type == ValueType::kFree) return MakeMapping(source_);
  const ConfigField& option = *field_.option;
  switch (field_.type) {
    case ValueType::kMessage:
      return ToNode(*pb::MessageFactory::generated_factory()->GetPrototype(field_.shape->type),
                    *field_.shape, source_);
    case ValueType::kString:
      if (option.form() == ConfigField::WORD) {
        return option.zero_word() ? std::optional(Text(option.words(0))) : std::nullopt;
      }
      return Text("");
    case ValueType::kBytes:
      return Text("");
    case ValueType::kInteger:
      return Plain("0");
    case ValueType::kBool:
      return Plain("false");
    default:
      return std::nullopt;
  }
}

// Whether a field has anything to write.
bool IsSet(const Field& field, const pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (field.list || field.map) return reflection.FieldSize(message, field.descriptor) > 0;
  return reflection.HasField(message, field.descriptor);
}

}  // namespace

Node ToNode(const pb::Message& message, const Shape& shape, Source& source) {
  Node mapping = MakeMapping(source);
  for (const Field& field : shape.fields) {
    FieldEncoder encoder(field, source);
    std::optional<Node> value;
    if (IsSet(field, message)) {
      value = field.list  ? encoder.List(message)
              : field.map ? encoder.Map(message)
                          : encoder.Value(message, *field.descriptor, -1);
    } else if (field.option->always()) {
      value = encoder.Empty();
    }
    if (!value) continue;
    value->key = field.key;
    mapping.children.push_back(*std::move(value));
  }
  return mapping;
}

}  // namespace ichor::config
