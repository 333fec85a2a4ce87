#include "lib/resource/yaml_form.h"

#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/common.pb.h"
#include "google/api/expr/v1alpha1/checked.pb.h"
#include "google/protobuf/struct.pb.h"
#include "lib/base/status.h"
#include "lib/resource/address_text.h"
#include "lib/resource/cel/cel.h"
#include "lib/resource/time_text.h"
#include "lib/yaml/number.h"
#include "lib/yaml/scalar.h"

namespace ichor {
namespace {

namespace pb = google::protobuf;
using google::api::expr::v1alpha1::CheckedExpr;

absl::Status DecodeValue(const yml::Node& node, const YamlPath& path, pb::Value& value);

// Reads text with `parse`, into `message`.
template <class Message>
absl::Status DecodeText(const yml::Node& node, const YamlPath& path, std::string_view expected,
                        std::optional<Message> (*parse)(std::string_view), pb::Message& message) {
  const auto text = ScalarText(node);
  auto parsed = text ? parse(*text) : std::nullopt;
  if (!parsed) return Unexpected(node, path, expected);
  static_cast<Message&>(message) = *std::move(parsed);
  return absl::OkStatus();
}

absl::Status DecodeUrl(const yml::Node& node, const YamlPath& path, common::URL& url) {
  const auto text = ScalarText(node);
  if (!text) return Unexpected(node, path, "a URL");
  url.set_full_path(std::string(*text));
  return absl::OkStatus();
}

absl::Status DecodeExpression(const yml::Node& node, const YamlPath& path,
                              CheckedExpr& expression) {
  const auto text = ScalarText(node);
  if (!text) return Unexpected(node, path, "a CEL expression");
  if (text->empty()) return absl::OkStatus();
  absl::StatusOr<CheckedExpr> parsed = CelFromText(*text);
  if (!parsed.ok()) {
    return Unexpected(node, path, absl::StrCat("a CEL expression: ", parsed.status().message()));
  }
  expression = *std::move(parsed);
  return absl::OkStatus();
}

absl::Status DecodeStruct(const yml::Node& node, const YamlPath& path, pb::Struct& value) {
  if (node.IsNull()) return absl::OkStatus();
  if (node.kind != yml::Node::Kind::kMapping) return Unexpected(node, path, "a mapping");
  for (const yml::Node& child : node.children) {
    const YamlPath child_path{.parent = &path, .key = child.key};
    RETURN_IF_ERROR(
        DecodeValue(child, child_path, (*value.mutable_fields())[std::string(child.key)]));
  }
  return absl::OkStatus();
}

absl::Status DecodeList(const yml::Node& node, const YamlPath& path, pb::ListValue& list) {
  if (node.kind != yml::Node::Kind::kSequence) return Unexpected(node, path, "a list");
  for (size_t i = 0; i < node.children.size(); ++i) {
    const YamlPath item{.parent = &path, .index = static_cast<int>(i)};
    RETURN_IF_ERROR(DecodeValue(node.children[i], item, *list.add_values()));
  }
  return absl::OkStatus();
}

absl::Status DecodeNumber(const yml::Node& node, const YamlPath& path, pb::Value& value) {
  if (const auto number = yml::ParseInteger(node.text)) {
    const auto magnitude = static_cast<double>(number->magnitude);
    value.set_number_value(number->negative ? -magnitude : magnitude);
    return absl::OkStatus();
  }
  const auto number = yml::ParseFloat(node.text);
  if (!number) return Unexpected(node, path, "a number that is not so large");
  value.set_number_value(*number);
  return absl::OkStatus();
}

absl::Status DecodePlain(const yml::Node& node, const YamlPath& path, pb::Value& value) {
  switch (yml::MeaningOfPlain(node.text)) {
    case yml::PlainMeaning::kNull:
      value.set_null_value(pb::NULL_VALUE);
      break;
    case yml::PlainMeaning::kBool:
      value.set_bool_value(PlainBool(node) == true);
      break;
    case yml::PlainMeaning::kInteger:
    case yml::PlainMeaning::kFloat:
      return DecodeNumber(node, path, value);
    default:
      value.set_string_value(std::string(node.text));
      break;
  }
  return absl::OkStatus();
}

absl::Status DecodeValue(const yml::Node& node, const YamlPath& path, pb::Value& value) {
  switch (node.kind) {
    case yml::Node::Kind::kPlain:
      return DecodePlain(node, path, value);
    case yml::Node::Kind::kText:
      if (node.binary) return Unexpected(node, path, "a value that JSON has");
      value.set_string_value(std::string(node.text));
      return absl::OkStatus();
    case yml::Node::Kind::kSequence:
      return DecodeList(node, path, *value.mutable_list_value());
    case yml::Node::Kind::kMapping:
      return DecodeStruct(node, path, *value.mutable_struct_value());
  }
}

}  // namespace

absl::Status DecodeForm(const yml::Node& node, const YamlPath& path, MessageForm form,
                        pb::Message& message) {
  switch (form) {
    case MessageForm::kNone:
      break;
    case MessageForm::kAddress:
      return DecodeText(node, path, "an IP address such as 10.0.0.1", ParseNetIP, message);
    case MessageForm::kEndpoint:
      return DecodeText(node, path, "an address and port such as 10.0.0.1:80", ParseNetIPPort,
                        message);
    case MessageForm::kPrefix:
      return DecodeText(node, path, "an IP prefix such as 10.0.0.1/24", ParseNetIPPrefix, message);
    case MessageForm::kDuration:
      return DecodeText(node, path, "a duration such as 1h30m", ParseDuration, message);
    case MessageForm::kTimestamp:
      return DecodeText(node, path, "a time such as 2026-08-01T12:00:00Z", ParseTimestamp, message);
    case MessageForm::kUrl:
      return DecodeUrl(node, path, static_cast<common::URL&>(message));
    case MessageForm::kStruct:
      return DecodeStruct(node, path, static_cast<pb::Struct&>(message));
    case MessageForm::kValue:
      return DecodeValue(node, path, static_cast<pb::Value&>(message));
    case MessageForm::kList:
      return DecodeList(node, path, static_cast<pb::ListValue&>(message));
    case MessageForm::kExpression:
      return DecodeExpression(node, path, static_cast<CheckedExpr&>(message));
  }
  return absl::InternalError("a message without a form of its own");
}

absl::StatusOr<std::string> DecodeBase64(const yml::Node& node, const YamlPath& path) {
  const auto text = ScalarText(node);
  std::string bytes;
  // Abseil's reader is lenient: only what it would write itself counts.
  const bool valid = text && absl::Base64Unescape({text->data(), text->size()}, &bytes) &&
                     absl::Base64Escape(bytes) == absl::string_view(text->data(), text->size());
  if (!valid) return Unexpected(node, path, "base64");
  return bytes;
}

absl::StatusOr<std::string> DecodeHardwareAddress(const yml::Node& node, const YamlPath& path) {
  const auto text = ScalarText(node);
  auto bytes = text ? ParseHardwareAddress(*text) : std::nullopt;
  if (!bytes) return Unexpected(node, path, "a hardware address such as 52:54:00:12:34:56");
  return *std::move(bytes);
}

std::string SomeWords(const pb::EnumDescriptor& type, std::string_view separator) {
  constexpr int kMost = 12;
  std::string text;
  int count = 0;
  for (int i = 0; i < type.value_count(); ++i) {
    const int number = type.value(i)->number();
    const auto word = WordOf(type, number);
    const bool alias = type.FindValueByNumber(number) != type.value(i);
    if (!word || word->empty() || alias) continue;
    if (count == kMost) return text + std::string(separator) + "…";
    text.append(count++ == 0 ? "" : separator).append(*word);
  }
  return text;
}

}  // namespace ichor
