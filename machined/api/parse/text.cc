#include "machined/api/parse/text.h"

#include <algorithm>
#include <charconv>

#include "google/protobuf/descriptor.h"

namespace ichor::api::parse {
namespace {

constexpr std::string_view kBlanks = " \t\r";

template <class T, class... Base>
std::optional<T> Parse(std::string_view text, Base... base) {
  T value{};
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stopped, error] = std::from_chars(begin, end, value, base...);
  return error == std::errc() && stopped == end ? std::optional(value) : std::nullopt;
}

}  // namespace

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.push_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

std::vector<std::string_view> Fields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const size_t start = line.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) {
      return fields;
    }
    line.remove_prefix(start);
    const std::string_view field = line.substr(0, line.find_first_of(kBlanks));
    fields.push_back(field);
    line.remove_prefix(field.size());
  }
}

std::string_view Trim(std::string_view text) {
  const size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) {
    return {};
  }
  return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

std::optional<Pair> Split(std::string_view line, char separator) {
  const size_t at = line.find(separator);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  return Pair{.key = Trim(line.substr(0, at)), .value = Trim(line.substr(at + 1))};
}

std::optional<std::uint64_t> Number(std::string_view text, int base) {
  return Parse<std::uint64_t>(text, base);
}

std::optional<double> Real(std::string_view text) {
  return Parse<double>(text);
}

std::uint64_t NumberOrZero(std::string_view text) {
  return Number(text).value_or(0);
}

void SetNumbers(google::protobuf::Message& message, int first_field,
                std::span<const std::string_view> texts) {
  for (const std::string_view text : texts) {
    const google::protobuf::FieldDescriptor* field =
        message.GetDescriptor()->FindFieldByNumber(first_field++);
    if (field == nullptr) {
      return;
    }
    message.GetReflection()->SetUInt64(&message, field, NumberOrZero(text));
  }
}

void AddNumbers(google::protobuf::Message& sum, const google::protobuf::Message& other) {
  const google::protobuf::Reflection& reflection = *sum.GetReflection();
  for (int i = 0; i < sum.GetDescriptor()->field_count(); ++i) {
    const google::protobuf::FieldDescriptor* field = sum.GetDescriptor()->field(i);
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_UINT64) {
      reflection.SetUInt64(&sum, field,
                           reflection.GetUInt64(sum, field) + reflection.GetUInt64(other, field));
    }
  }
}

}  // namespace ichor::api::parse
