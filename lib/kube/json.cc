#include "lib/kube/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <format>
#include <map>
#include <optional>
#include <utility>

#include "lib/base/status.h"
#include "lib/base/utf8.h"
#include "lib/resource/json_text.h"

namespace ichor::kube {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kMaxDepth = 64;
constexpr double kExact = 9007199254740992;  // 2^53

void Write(const Value& value, std::string& text);

void Write(const Struct& object, std::string& text) {
  const std::map<std::string_view, const Value*> sorted = [&object] {
    std::map<std::string_view, const Value*> fields;
    for (const auto& [key, value] : object.fields()) {
      fields[key] = &value;
    }
    return fields;
  }();
  text += '{';
  for (const auto& [key, value] : sorted) {
    text += text.back() == '{' ? "" : ",";
    text += JsonText(key) + ':';
    Write(*value, text);
  }
  text += '}';
}

void Write(const Value& value, std::string& text) {
  switch (value.kind_case()) {
    case Value::kBoolValue:
      text += value.bool_value() ? "true" : "false";
      return;
    case Value::kNumberValue: {
      const double number = value.number_value();
      const bool whole = std::abs(number) < kExact && number == std::trunc(number);
      text +=
          whole ? std::format("{}", static_cast<std::int64_t>(number)) : std::format("{}", number);
      return;
    }
    case Value::kStringValue:
      text += JsonText(value.string_value());
      return;
    case Value::kStructValue:
      Write(value.struct_value(), text);
      return;
    case Value::kListValue:
      text += '[';
      for (const Value& item : value.list_value().values()) {
        text += text.back() == '[' ? "" : ",";
        Write(item, text);
      }
      text += ']';
      return;
    default:
      text += "null";
  }
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  absl::Status ReadAll(Value& value) {
    RETURN_IF_ERROR(Read(0, value));
    SkipSpace();
    return at_ == text_.size() ? absl::OkStatus() : Unexpected();
  }

 private:
  absl::Status Unexpected() const {
    return absl::InvalidArgumentError(std::format("no JSON at byte {}", at_));
  }

  void SkipSpace() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  bool Take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  absl::Status Read(int depth, Value& value) {
    SkipSpace();
    if (depth > kMaxDepth || at_ == text_.size()) {
      return Unexpected();
    }
    switch (text_[at_]) {
      case '{':
        return ReadObject(depth, *value.mutable_struct_value());
      case '[':
        return ReadList(depth, value);
      case '"':
        return ReadText(*value.mutable_string_value());
      default:
        return ReadWord(value);
    }
  }

  absl::Status ReadWord(Value& value) {
    if (Take("null")) {
      value.set_null_value(google::protobuf::NULL_VALUE);
      return absl::OkStatus();
    }
    if (Take("true")) {
      value.set_bool_value(true);
      return absl::OkStatus();
    }
    if (Take("false")) {
      value.set_bool_value(false);
      return absl::OkStatus();
    }
    return ReadNumber(value);
  }

  absl::Status ReadNumber(Value& value) {
    double number = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
    // Words such as "inf" and "nan" are numbers for from_chars only.
    if (error != std::errc() || !std::isfinite(number)) {
      return Unexpected();
    }
    at_ += static_cast<size_t>(end - begin);
    value.set_number_value(number);
    return absl::OkStatus();
  }

  absl::Status ReadObject(int depth, Struct& object) {
    ++at_;
    SkipSpace();
    if (Take("}")) {
      return absl::OkStatus();
    }
    while (true) {
      SkipSpace();
      std::string key;
      RETURN_IF_ERROR(ReadText(key));
      SkipSpace();
      if (!Take(":")) {
        return Unexpected();
      }
      Value value;
      RETURN_IF_ERROR(Read(depth + 1, value));
      (*object.mutable_fields())[key] = std::move(value);
      SkipSpace();
      if (Take("}")) {
        return absl::OkStatus();
      }
      if (!Take(",")) {
        return Unexpected();
      }
    }
  }

  absl::Status ReadList(int depth, Value& value) {
    auto& list = *value.mutable_list_value();
    ++at_;
    SkipSpace();
    if (Take("]")) {
      return absl::OkStatus();
    }
    while (true) {
      RETURN_IF_ERROR(Read(depth + 1, *list.add_values()));
      SkipSpace();
      if (Take("]")) {
        return absl::OkStatus();
      }
      if (!Take(",")) {
        return Unexpected();
      }
    }
  }

  absl::Status ReadText(std::string& text) {
    if (!Take("\"")) {
      return Unexpected();
    }
    while (true) {
      const size_t end = text_.find_first_of("\"\\", at_);
      if (end == std::string_view::npos) {
        return Unexpected();
      }
      text += text_.substr(at_, end - at_);
      at_ = end + 1;
      if (text_[end] == '"') {
        return base::IsValidUtf8(text) ? absl::OkStatus() : Unexpected();
      }
      RETURN_IF_ERROR(ReadEscape(text));
    }
  }

  absl::Status ReadEscape(std::string& text) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
    if (at_ == text_.size()) {
      return Unexpected();
    }
    const char name = text_[at_++];
    if (name == 'u') {
      return ReadCodePoint(text);
    }
    const size_t index = kNames.find(name);
    if (index == std::string_view::npos) {
      return Unexpected();
    }
    text += kBytes[index];
    return absl::OkStatus();
  }

  std::optional<std::uint32_t> ReadUnit() {
    constexpr size_t kDigits = 4;
    std::uint32_t unit = 0;
    const std::string_view digits = text_.substr(at_, kDigits);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (digits.size() < kDigits || error != std::errc() || end != digits.data() + kDigits) {
      return std::nullopt;
    }
    at_ += kDigits;
    return unit;
  }

  // One unit of UTF-16, or two; half of a pair is U+FFFD.
  absl::Status ReadCodePoint(std::string& text) {
    const std::optional<std::uint32_t> first = ReadUnit();
    if (!first.has_value()) {
      return Unexpected();
    }
    std::uint32_t point = *first;
    if (point >= 0xd800 && point < 0xe000) {
      const size_t before = at_;
      const std::optional<std::uint32_t> second = Take("\\u") ? ReadUnit() : std::nullopt;
      const bool pair =
          point < 0xdc00 && second.has_value() && *second >= 0xdc00 && *second < 0xe000;
      point = pair ? 0x10000 + ((point - 0xd800) << 10U) + (*second - 0xdc00) : 0xfffd;
      at_ = pair ? at_ : before;
    }
    base::AppendRune(point, text);
    return absl::OkStatus();
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::string ToJson(const Struct& object) {
  std::string text;
  Write(object, text);
  return text;
}

absl::StatusOr<Struct> FromJson(std::string_view text) {
  Value value;
  RETURN_IF_ERROR(Reader(text).ReadAll(value));
  if (!value.has_struct_value()) {
    return absl::InvalidArgumentError("no JSON object");
  }
  return std::move(*value.mutable_struct_value());
}

}  // namespace ichor::kube
