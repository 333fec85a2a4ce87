// How messages, fields and enumerations read in YAML: what ichor/options.proto and their types say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "ichor/options.pb.h"

namespace ichor {

// A field's (ichor.yaml). Views into the descriptor.
struct YamlTag {
  std::string_view key;
  bool omit_empty = false;
  bool is_inline = false;
  bool skip = false;
};

YamlTag TagOf(const google::protobuf::FieldDescriptor& field);

// A field's (ichor.text).
TextOption::Form FormOf(const google::protobuf::FieldDescriptor& field);

// Messages with a YAML form of their own; kNone for all others.
enum class MessageForm : std::uint8_t {
  kNone,
  kAddress,
  kEndpoint,
  kPrefix,
  kUrl,
  kDuration,
  kTimestamp,
  kStruct,
  kValue,
  kList,
  kExpression,
};

MessageForm FormOf(const google::protobuf::Descriptor& message);

// Whether an unset field of this type reads `null`.
bool IsNullable(const google::protobuf::Descriptor& message);

// The one field whose YAML form is that of the whole message; null if it has keys.
const google::protobuf::FieldDescriptor* OnlyInlineField(
    const google::protobuf::Descriptor& message);

// Whether a message reads like one that is not set: a time of Go's zero value, a duration of 0, an
// address without bytes, a mapping without keys. False for messages without a form of their own.
bool IsZeroForm(const google::protobuf::Message& message, MessageForm form);

// Whether any value of the enumeration has a word.
bool HasWords(const google::protobuf::EnumDescriptor& type);

// The word of a number; nothing if it has none.
std::optional<std::string_view> WordOf(const google::protobuf::EnumDescriptor& type, int number);

// The number of a word; nothing if no value has it.
std::optional<int> NumberOf(const google::protobuf::EnumDescriptor& type, std::string_view word);

// The enumeration of the bits of ADDRESS_FLAGS, LINK_FLAGS, ROUTE_FLAGS; null for other forms.
const google::protobuf::EnumDescriptor* FlagsOf(TextOption::Form form);

// Bits as their words in rising order, with commas; bits without a word as one hexadecimal number
// at the end.
std::string FlagsToText(const google::protobuf::EnumDescriptor& type, std::uint32_t bits);
std::optional<std::uint32_t> ParseFlags(const google::protobuf::EnumDescriptor& type,
                                        std::string_view text);

}  // namespace ichor
