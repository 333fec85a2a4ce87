#include "lib/config/defaults.h"

#include <utility>

#include "absl/log/absl_check.h"
#include "lib/config/decode.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

namespace pb = google::protobuf;

constexpr std::string_view kEmptySection = "{}";

bool IsSet(const pb::Message& message, const Field& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (field.descriptor->is_repeated()) return reflection.FieldSize(message, field.descriptor) > 0;
  return reflection.HasField(message, field.descriptor);
}

// The default as it would stand in a config.
Node ValueOf(const Field& field, const Source& source) {
  const std::string& text = field.option->default_();
  Node value = text == kEmptySection ? MakeMapping(source) : MakePlain(source, text);
  if (field.list) {
    Node list = MakeSequence(source);
    list.children.push_back(std::move(value));
    value = std::move(list);
  }
  value.key = field.key;
  return value;
}

void SetBelow(pb::Message& message, const Field& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (field.list) {
    for (int i = 0; i < reflection.FieldSize(message, field.descriptor); ++i) {
      SetDefaults(*reflection.MutableRepeatedMessage(&message, field.descriptor, i), *field.shape);
    }
  } else if (!field.map && (field.option->embedded() || IsSet(message, field))) {
    SetDefaults(*reflection.MutableMessage(&message, field.descriptor), *field.shape);
  }
}

}  // namespace

void SetDefaults(pb::Message& message, const Shape& shape) {
  Source source;
  Node missing = MakeMapping(source);
  for (const Field& field : shape.fields) {
    if (field.option->default_().empty() || IsSet(message, field)) continue;
    missing.children.push_back(ValueOf(field, source));
  }
  Findings findings;
  Decode(missing, {}, shape, message, findings);
  ABSL_CHECK(findings.empty()) << ToString(findings.front());  // a mistake in the description
  for (const Field& field : shape.fields) {
    if (field.type == ValueType::kMessage) SetBelow(message, field);
  }
}

std::unique_ptr<pb::Message> WithDefaults(const Document& document) {
  std::unique_ptr<pb::Message> message(document.message->New());
  message->CopyFrom(*document.message);
  SetDefaults(*message, *document.kind->shape);
  return message;
}

}  // namespace ichor::config
