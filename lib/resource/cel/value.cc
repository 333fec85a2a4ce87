#include "lib/resource/cel/value.h"

#include <algorithm>
#include <array>
#include <compare>

#include "google/protobuf/util/message_differencer.h"
#include "lib/resource/cel/number.h"

namespace ichor {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

CelValue SingleValue(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return CelValue(reflection.GetBool(message, &field));
    case FieldDescriptor::CPPTYPE_INT32:
      return CelValue(std::int64_t{reflection.GetInt32(message, &field)});
    case FieldDescriptor::CPPTYPE_INT64:
      return CelValue(std::int64_t{reflection.GetInt64(message, &field)});
    case FieldDescriptor::CPPTYPE_UINT32:
      return CelValue(std::uint64_t{reflection.GetUInt32(message, &field)});
    case FieldDescriptor::CPPTYPE_UINT64:
      return CelValue(std::uint64_t{reflection.GetUInt64(message, &field)});
    case FieldDescriptor::CPPTYPE_FLOAT:
      return CelValue(double{reflection.GetFloat(message, &field)});
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return CelValue(reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return CelValue(std::int64_t{reflection.GetEnumValue(message, &field)});
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = reflection.GetString(message, &field);
      return field.type() == FieldDescriptor::TYPE_BYTES ? CelValue(CelBytes{std::move(text)})
                                                         : CelValue(std::move(text));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return CelValue(&reflection.GetMessage(message, &field));
  }
  return {};
}

CelValue RepeatedValue(const Message& message, const FieldDescriptor& field, int index) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = reflection.GetRepeatedString(message, &field, index);
      return field.type() == FieldDescriptor::TYPE_BYTES ? CelValue(CelBytes{std::move(text)})
                                                         : CelValue(std::move(text));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return CelValue(&reflection.GetRepeatedMessage(message, &field, index));
    case FieldDescriptor::CPPTYPE_INT32:
      return CelValue(std::int64_t{reflection.GetRepeatedInt32(message, &field, index)});
    case FieldDescriptor::CPPTYPE_INT64:
      return CelValue(std::int64_t{reflection.GetRepeatedInt64(message, &field, index)});
    case FieldDescriptor::CPPTYPE_UINT32:
      return CelValue(std::uint64_t{reflection.GetRepeatedUInt32(message, &field, index)});
    case FieldDescriptor::CPPTYPE_UINT64:
      return CelValue(std::uint64_t{reflection.GetRepeatedUInt64(message, &field, index)});
    case FieldDescriptor::CPPTYPE_BOOL:
      return CelValue(reflection.GetRepeatedBool(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return CelValue(std::int64_t{reflection.GetRepeatedEnumValue(message, &field, index)});
    case FieldDescriptor::CPPTYPE_FLOAT:
      return CelValue(double{reflection.GetRepeatedFloat(message, &field, index)});
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return CelValue(reflection.GetRepeatedDouble(message, &field, index));
  }
  return {};
}

bool EqualMaps(const CelMap& a, const CelMap& b) {
  return a.size() == b.size() && std::ranges::all_of(a, [&b](const auto& entry) {
           return std::ranges::any_of(b, [&entry](const auto& other) {
             return CelEquals(entry.first, other.first) && CelEquals(entry.second, other.second);
           });
         });
}

}  // namespace

std::string KindName(const CelValue& value) {
  static constexpr std::array<const char*, 9> kNames = {"null",   "bool",  "int",  "uint", "double",
                                                        "string", "bytes", "list", "map"};
  if (const auto* const message = value.As<const Message*>()) {
    return (*message)->GetDescriptor()->name();
  }
  return kNames.at(value.variant().index());
}

CelValue FieldValue(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    return SingleValue(message, field);
  }
  const int size = reflection.FieldSize(message, &field);
  if (field.is_map()) {
    CelMap map;
    for (int i = 0; i < size; ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      map.emplace_back(SingleValue(entry, *entry.GetDescriptor()->map_key()),
                       SingleValue(entry, *entry.GetDescriptor()->map_value()));
    }
    return CelValue(std::move(map));
  }
  CelList list;
  for (int i = 0; i < size; ++i) {
    list.push_back(RepeatedValue(message, field, i));
  }
  return CelValue(std::move(list));
}

bool CelEquals(const CelValue& a, const CelValue& b) {
  if (const auto order = CompareNumbers(a, b); order.has_value()) {
    return *order == std::partial_ordering::equivalent;
  }
  if (a.variant().index() != b.variant().index()) {
    return false;
  }
  if (const auto* const list = a.As<CelList>()) {
    return std::ranges::equal(*list, *b.As<CelList>(), CelEquals);
  }
  if (const auto* const map = a.As<CelMap>()) {
    return EqualMaps(*map, *b.As<CelMap>());
  }
  if (const auto* const message = a.As<const Message*>()) {
    return google::protobuf::util::MessageDifferencer::Equals(**message, **b.As<const Message*>());
  }
  if (const auto* const text = a.As<std::string>()) {
    return *text == *b.As<std::string>();
  }
  if (const auto* const bytes = a.As<CelBytes>()) {
    return *bytes == *b.As<CelBytes>();
  }
  const bool* const truth = a.As<bool>();
  return truth == nullptr || *truth == *b.As<bool>();  // null is null
}

}  // namespace ichor
