// JsonSchema: the description in the words of JSON schema.
#include <set>
#include <string>
#include <string_view>

#include "lib/config/description.h"
#include "lib/config/reference.h"
#include "lib/config/yaml.h"

namespace ichor::config {
namespace {

std::string Quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += Cat("\\u00", kHex.substr(byte >> 4U, 1), kHex.substr(byte & 0xFU, 1));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string DefinitionOf(const Shape& shape) {
  constexpr std::string_view kPackage = "ichor.config.v1alpha1.";
  return shape.type->full_name().substr(kPackage.size());
}

class SchemaWriter {
 public:
  std::string Write();

 private:
  std::string Value(const Field& field);
  std::string Property(const Field& field);
  void Define(const Shape& shape, const Kind* kind);

  std::set<const Shape*> seen_;
  std::string definitions_;
};

std::string SchemaWriter::Value(const Field& field) {
  if (field.option->form() == ConfigField::WORD) {
    std::string words;
    for (const std::string& word : field.option->words()) {
      words += Cat(words.empty() ? "" : ", ", Quoted(word));
    }
    return Cat("\"enum\": [", words, "]");
  }
  switch (field.type) {
    case ValueType::kBool:
      return "\"type\": \"boolean\"";
    case ValueType::kInteger:
      if (field.option->form() == ConfigField::ROUTING_TABLE) {
        return "\"type\": [\"integer\", \"string\"]";
      }
      return "\"type\": \"integer\"";
    case ValueType::kFree:
      return "\"type\": \"object\"";
    case ValueType::kArguments:
      return "\"type\": [\"string\", \"array\"], \"items\": {\"type\": \"string\"}";
    case ValueType::kMessage:
      Define(*field.shape, nullptr);
      return Cat("\"$ref\": ", Quoted(Cat("#/$defs/", DefinitionOf(*field.shape))));
    default:
      if (field.option->form() == ConfigField::PORT_RANGE) {
        return "\"type\": [\"integer\", \"string\"]";
      }
      return "\"type\": \"string\"";
  }
}

std::string SchemaWriter::Property(const Field& field) {
  std::string value = Value(field);
  if (field.list) value = Cat("\"type\": \"array\", \"items\": {", value, "}");
  if (field.map) value = Cat("\"type\": \"object\", \"additionalProperties\": {", value, "}");
  if (!field.option->doc().empty())
    value += Cat(", \"description\": ", Quoted(field.option->doc()));
  if (field.option->deprecated()) value += ", \"deprecated\": true";
  return Cat(Quoted(field.key), ": {", value, "}");
}

void SchemaWriter::Define(const Shape& shape, const Kind* kind) {
  if (!seen_.insert(&shape).second) return;
  std::string properties;
  for (const Field& field : shape.fields) {
    if (field.option->hidden()) continue;
    std::string property = Property(field);
    if (kind != nullptr && field.key == "kind") {
      property = Cat("\"kind\": {\"const\": ", Quoted(kind->name), "}");
    }
    properties += Cat(properties.empty() ? "\n      " : ",\n      ", property);
  }
  std::string definition = Cat("{\"type\": \"object\", \"additionalProperties\": false, ");
  if (kind != nullptr && !kind->legacy()) {
    definition += Cat("\"required\": [\"apiVersion\", \"kind\"], \"description\": ",
                      Quoted(kind->option->doc()), ", ");
  }
  definition += Cat("\"properties\": {", properties, "}}");
  definitions_ +=
      Cat(definitions_.empty() ? "" : ",", "\n    ", Quoted(DefinitionOf(shape)), ": ", definition);
}

std::string SchemaWriter::Write() {
  std::string kinds;
  for (const Kind& kind : AllKinds()) {
    Define(*kind.shape, &kind);
    kinds += Cat(kinds.empty() ? "\n    " : ",\n    ",
                 "{\"$ref\": ", Quoted(Cat("#/$defs/", DefinitionOf(*kind.shape))), "}");
  }
  return Cat("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"oneOf\": [",
             kinds, "\n  ],\n  \"$defs\": {", definitions_, "\n  }\n}\n");
}

}  // namespace

std::string JsonSchema() {
  return SchemaWriter().Write();
}

}  // namespace ichor::config
