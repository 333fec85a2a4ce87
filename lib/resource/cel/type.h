// Types of CEL, and their text: "list(string)".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace ichor {

struct CelType {
  enum class Kind : std::uint8_t {
    kAny,  // not known before the expression runs
    kNull,
    kBool,
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kDuration,
    kTimestamp,
    kType,
    kList,       // of: the items
    kMap,        // of: keys and values
    kOptional,   // of: the value
    kMessage,    // message
    kParameter,  // in a function's signature: the same type wherever `name` stands
  };

  Kind kind = Kind::kAny;
  std::vector<CelType> of{};
  const google::protobuf::Descriptor* message = nullptr;
  char name = '\0';

  bool Is(Kind other) const { return kind == other; }
};

// "uint", "map(int, double)", "DiskSpec", "dyn" for what is not known.
std::string ToString(const CelType& type);

// The type that a text in the same form names; upper-case letters are parameters. Dies of others:
// such texts stand in code.
CelType ParseCelType(std::string_view text);

// The type of a message's field.
CelType CelTypeOf(const google::protobuf::FieldDescriptor& field);
CelType CelTypeOf(const google::protobuf::Descriptor& message);

}  // namespace ichor
