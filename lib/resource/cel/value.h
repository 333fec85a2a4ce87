// Values of CEL expressions that run.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "google/protobuf/message.h"

namespace ichor {

struct CelBytes {
  std::string bytes;
  friend bool operator==(const CelBytes&, const CelBytes&) = default;
};

class CelValue;
using CelList = std::vector<CelValue>;
using CelMap = std::vector<std::pair<CelValue, CelValue>>;

// One value. A message is not owned, and must outlive it.
class CelValue {
 public:
  using Variant =
      std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, CelBytes,
                   CelList, CelMap, const google::protobuf::Message*>;

  CelValue() = default;  // null
  template <class T>
  explicit CelValue(T value) : value_(std::move(value)) {}

  // The value if it is a T, else null.
  template <class T>
  const T* As() const {
    return std::get_if<T>(&value_);
  }
  const Variant& variant() const { return value_; }

 private:
  Variant value_;
};

// "int", "list", "DiskSpec": for errors.
std::string KindName(const CelValue& value);

// The value of a field, with its default if it is not set.
CelValue FieldValue(const google::protobuf::Message& message,
                    const google::protobuf::FieldDescriptor& field);

// As CEL's ==: numbers of all types by their value, lists and maps by their parts. Values of
// different kinds are different.
bool CelEquals(const CelValue& a, const CelValue& b);

}  // namespace ichor
