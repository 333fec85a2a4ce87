#include "lib/resource/cel/type.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/log/absl_check.h"

namespace ichor {
namespace {

using google::protobuf::FieldDescriptor;
using Kind = CelType::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 14> kNames = {
    {{"dyn", Kind::kAny},
     {"null", Kind::kNull},
     {"bool", Kind::kBool},
     {"int", Kind::kInt},
     {"uint", Kind::kUint},
     {"double", Kind::kDouble},
     {"string", Kind::kString},
     {"bytes", Kind::kBytes},
     {"duration", Kind::kDuration},
     {"timestamp", Kind::kTimestamp},
     {"type", Kind::kType},
     {"list", Kind::kList},
     {"map", Kind::kMap},
     {"optional", Kind::kOptional}}};

CelType Of(Kind kind, std::vector<CelType> of = {}) {
  return {.kind = kind, .of = std::move(of)};
}

// Takes one type off the beginning of a text.
CelType Take(std::string_view& text) {
  const size_t end = std::min(text.find_first_of("(),"), text.size());
  const std::string_view name = text.substr(0, end);
  text.remove_prefix(end);
  if (name.size() == 1) return {.kind = Kind::kParameter, .name = name[0]};
  const auto found = std::ranges::find(kNames, name, &std::pair<std::string_view, Kind>::first);
  ABSL_CHECK(found != kNames.end()) << "no type: " << std::string(name);
  CelType type = Of(found->second);
  if (!text.starts_with('(')) return type;
  while (!text.starts_with(')')) {
    text.remove_prefix(text.starts_with(", ") ? 2 : 1);
    type.of.push_back(Take(text));
  }
  text.remove_prefix(1);
  return type;
}

CelType Single(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Of(Kind::kBool);
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_ENUM:
      return Of(Kind::kInt);
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Of(Kind::kUint);
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Of(Kind::kDouble);
    case FieldDescriptor::CPPTYPE_STRING:
      return Of(field.type() == FieldDescriptor::TYPE_BYTES ? Kind::kBytes : Kind::kString);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return CelTypeOf(*field.message_type());
  }
  return {};
}

}  // namespace

std::string ToString(const CelType& type) {
  if (type.Is(Kind::kMessage)) return type.message->name();
  if (type.Is(Kind::kParameter)) return {type.name};
  const auto found =
      std::ranges::find(kNames, type.kind, &std::pair<std::string_view, Kind>::second);
  std::string text(found->first);
  for (const CelType& part : type.of) {
    text += (&part == type.of.data() ? "(" : ", ") + ToString(part);
  }
  return type.of.empty() ? text : text + ")";
}

CelType ParseCelType(std::string_view text) {
  return Take(text);
}

CelType CelTypeOf(const google::protobuf::Descriptor& message) {
  const std::string_view name = message.full_name();
  if (name == "google.protobuf.Duration") return Of(Kind::kDuration);
  if (name == "google.protobuf.Timestamp") return Of(Kind::kTimestamp);
  // Values of any type, and such that are null or a scalar.
  if (name.starts_with("google.protobuf.")) return {};
  return {.kind = Kind::kMessage, .message = &message};
}

CelType CelTypeOf(const FieldDescriptor& field) {
  if (field.is_map()) {
    return Of(Kind::kMap, {Single(*field.message_type()->map_key()),
                           Single(*field.message_type()->map_value())});
  }
  return field.is_repeated() ? Of(Kind::kList, {Single(field)}) : Single(field);
}

}  // namespace ichor
