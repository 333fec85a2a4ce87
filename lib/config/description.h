// The documents that there are and what may stand in them: proto/config/*.proto, read once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "ichor/config_options.pb.h"

namespace ichor::config {

struct Shape;

// What one value of a field is; lists and mappings are made of such values.
enum class ValueType : std::uint8_t {
  kString,
  kBool,
  kInteger,
  kBytes,      // base64
  kDuration,   // "1h30m"
  kFree,       // any mapping
  kArguments,  // a string or a list of strings
  kMessage,    // keys of its own: Field::shape
};

struct Field {
  std::string key;
  ValueType type = ValueType::kString;
  bool list = false;
  bool map = false;  // keys are free, each has a value of `type`
  const google::protobuf::FieldDescriptor* descriptor = nullptr;
  const ConfigField* option = nullptr;
  const Shape* shape = nullptr;  // of kMessage
};

// The keys of a mapping.
struct Shape {
  const google::protobuf::Descriptor* type = nullptr;
  std::vector<Field> fields{};  // in the order of the file

  // Null if there is no such key.
  const Field* Find(std::string_view key) const;
};

// A kind of document. They live as long as the program.
struct Kind {
  std::string name;  // "LinkConfig"; empty: the legacy document, which has no kind
  const DocumentOption* option = nullptr;
  const Shape* shape = nullptr;

  bool legacy() const { return name.empty(); }
  bool named() const { return option->named(); }
  // An empty message of the kind.
  const google::protobuf::Message& prototype() const;
};

// All kinds: the legacy document first, then in the order of their names.
std::span<const Kind> AllKinds();

// Null if there is no such kind.
const Kind* FindKind(std::string_view name);

// The kind that a message type describes; null for other messages.
const Kind* KindOf(const google::protobuf::Descriptor& type);

// "a list", "a mapping", "true or false", "a duration such as 1h30m": what a field wants.
std::string Expected(const Field& field);

// The word of `words` that somebody who wrote `word` may have meant; empty if none is close.
std::string_view Closest(std::string_view word, std::span<const std::string_view> words);

}  // namespace ichor::config
