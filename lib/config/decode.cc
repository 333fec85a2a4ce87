#include "lib/config/decode.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "config/common.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/struct.pb.h"
#include "lib/config/free_form.h"
#include "lib/config/scalar_form.h"
#include "lib/config/yaml.h"
#include "lib/resource/time_text.h"
#include "lib/yaml/number.h"

namespace ichor::config {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

// How old configs and other tools show a secret that they leave out.
constexpr std::string_view kMasked = "******";

void Report(const Node& node, const Path& path, std::string message, Findings& findings) {
  findings.push_back({.file = node.source == nullptr ? "" : node.source->file,
                      .place = node.place(),
                      .path = ToString(path),
                      .message = std::move(message)});
}

// Decodes one value of a field into a message: the field's own, or an entry of its map.
class ValueDecoder {
 public:
  ValueDecoder(const Field& field, const FieldDescriptor& target, pb::Message& message,
               Findings& findings)
      : field_(field),
        target_(&target),
        message_(message),
        reflection_(*message.GetReflection()),
        findings_(findings) {}

  // Sets the target, or adds to it if it is a list.
  void Decode(const Node& node, const Path& path);

 private:
  void Unexpected(const Node& node, const Path& path, std::string_view expected) {
    Report(node, path, Cat("got ", Describe(node), ", expected ", expected), findings_);
  }
  void Unexpected(const Node& node, const Path& path) { Unexpected(node, path, ExpectedItem()); }
  std::string ExpectedItem() const;

  void SetString(const Node& node, const Path& path);
  void SetBool(const Node& node, const Path& path);
  void SetInteger(const Node& node, const Path& path);
  void SetBytes(const Node& node, const Path& path);
  void SetMessage(const Node& node, const Path& path);
  void SetDuration(const Node& node, const Path& path, pb::Message& value);
  void SetArguments(const Node& node, const Path& path, pb::Message& value);
  void Store(std::string text);
  void Store(std::uint64_t magnitude, bool negative);
  std::optional<yml::Integer> IntegerOf(const Node& node) const;
  bool Fits(const yml::Integer& number) const;

  const Field& field_;
  const FieldDescriptor* target_;
  pb::Message& message_;
  const pb::Reflection& reflection_;
  Findings& findings_;
};

std::string ValueDecoder::ExpectedItem() const {
  Field item = field_;
  item.list = item.map = false;
  return Expected(item);
}

void ValueDecoder::Decode(const Node& node, const Path& path) {
  const bool needs_place = target_->is_repeated();  // a null item still counts
  if (node.IsNull() && !needs_place) return;
  switch (field_.type) {
    case ValueType::kString:
      return SetString(node, path);
    case ValueType::kBool:
      return SetBool(node, path);
    case ValueType::kInteger:
      return SetInteger(node, path);
    case ValueType::kBytes:
      return SetBytes(node, path);
    default:
      return SetMessage(node, path);
  }
}

void ValueDecoder::SetString(const Node& node, const Path& path) {
  if (!node.IsScalar()) return Unexpected(node, path);
  const std::string_view text = node.IsNull() ? std::string_view{} : node.text;
  if (!IsWellFormed(*field_.option, text)) return Unexpected(node, path);
  Store(std::string(text));
}

std::optional<bool> BoolOf(std::string_view text) {
  // The words of YAML 1.1 too, as far as the tools people use still take them.
  for (const std::string_view yes : {"true", "True", "TRUE", "y", "Y", "yes", "on"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"false", "False", "FALSE", "n", "N", "no", "off"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

void ValueDecoder::SetBool(const Node& node, const Path& path) {
  const auto value = node.kind == Node::Kind::kPlain ? BoolOf(node.text) : std::nullopt;
  if (!value && !node.IsNull()) return Unexpected(node, path);
  if (target_->is_repeated()) {
    reflection_.AddBool(&message_, target_, value.value_or(false));
  } else {
    reflection_.SetBool(&message_, target_, value.value_or(false));
  }
}

std::optional<yml::Integer> ValueDecoder::IntegerOf(const Node& node) const {
  if (field_.option->form() == ConfigField::ROUTING_TABLE && node.IsScalar()) {
    const auto table = ParseRoutingTable(node.text);
    if (!table) return std::nullopt;
    return yml::Integer{.magnitude = *table};
  }
  if (node.kind != Node::Kind::kPlain) return std::nullopt;
  return yml::ParseInteger(node.text);
}

bool ValueDecoder::Fits(const yml::Integer& number) const {
  const bool is_signed = target_->cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                         target_->cpp_type() == FieldDescriptor::CPPTYPE_INT64;
  if (number.negative && number.magnitude != 0 && !is_signed) return false;
  const bool wide = target_->cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
                    target_->cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  unsigned bits = wide ? 64 : 32;
  if (field_.option->bits() != 0) bits = field_.option->bits();
  if (is_signed) --bits;
  const std::uint64_t largest =
      bits == 64 ? std::numeric_limits<std::uint64_t>::max() : (std::uint64_t{1} << bits) - 1;
  return number.magnitude <= largest + (number.negative && is_signed ? 1 : 0);
}

void ValueDecoder::SetInteger(const Node& node, const Path& path) {
  if (node.IsNull()) return Store(0, false);
  const auto number = IntegerOf(node);
  if (!number || !Fits(*number)) return Unexpected(node, path);
  Store(number->magnitude, number->negative);
}

void ValueDecoder::Store(std::uint64_t magnitude, bool negative) {
  const std::uint64_t bits = negative ? -magnitude : magnitude;
  const bool list = target_->is_repeated();
  switch (target_->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return list ? reflection_.AddInt32(&message_, target_, static_cast<std::int32_t>(bits))
                  : reflection_.SetInt32(&message_, target_, static_cast<std::int32_t>(bits));
    case FieldDescriptor::CPPTYPE_INT64:
      return list ? reflection_.AddInt64(&message_, target_, static_cast<std::int64_t>(bits))
                  : reflection_.SetInt64(&message_, target_, static_cast<std::int64_t>(bits));
    case FieldDescriptor::CPPTYPE_UINT32:
      return list ? reflection_.AddUInt32(&message_, target_, static_cast<std::uint32_t>(bits))
                  : reflection_.SetUInt32(&message_, target_, static_cast<std::uint32_t>(bits));
    default:
      return list ? reflection_.AddUInt64(&message_, target_, bits)
                  : reflection_.SetUInt64(&message_, target_, bits);
  }
}

void ValueDecoder::Store(std::string text) {
  if (target_->is_repeated()) {
    reflection_.AddString(&message_, target_, std::move(text));
  } else {
    reflection_.SetString(&message_, target_, std::move(text));
  }
}

void ValueDecoder::SetBytes(const Node& node, const Path& path) {
  if (!node.IsScalar()) return Unexpected(node, path);
  if (node.text == kMasked) return Store(std::string(kMasked));
  std::string bytes;
  if (!node.IsNull() && !absl::Base64Unescape(ToAbsl(node.text), &bytes)) {
    return Report(node, path, "expected base64", findings_);  // it may be a secret: not shown
  }
  Store(std::move(bytes));
}

void ValueDecoder::SetMessage(const Node& node, const Path& path) {
  pb::Message& value = target_->is_repeated() ? *reflection_.AddMessage(&message_, target_)
                                              : *reflection_.MutableMessage(&message_, target_);
  if (node.IsNull()) return;
  if (field_.type == ValueType::kDuration) return SetDuration(node, path, value);
  if (field_.type == ValueType::kArguments) return SetArguments(node, path, value);
  if (!node.IsMapping()) return Unexpected(node, path);
  if (field_.type == ValueType::kFree) return ToStruct(node, static_cast<pb::Struct&>(value));
  config::Decode(node, path, *field_.shape, value, findings_);
}

void ValueDecoder::SetDuration(const Node& node, const Path& path, pb::Message& value) {
  const auto duration = node.IsScalar() ? ParseDuration(node.text) : std::nullopt;
  if (!duration) return Unexpected(node, path);
  value.CopyFrom(*duration);
}

void ValueDecoder::SetArguments(const Node& node, const Path& path, pb::Message& value) {
  auto& arguments = static_cast<v1alpha1::Arguments&>(value);
  if (node.IsScalar()) return arguments.add_values(std::string(node.text));
  if (!node.IsSequence()) return Unexpected(node, path);
  for (const Node& item : node.children) {
    if (!item.IsScalar()) return Unexpected(item, path, "a string");
    arguments.add_values(std::string(item.text));
  }
}

void DecodeMap(const Node& node, const Path& path, const Field& field, pb::Message& message,
               Findings& findings) {
  const pb::Descriptor& entry_type = *field.descriptor->message_type();
  for (const Node& child : node.children) {
    const Path child_path{.parent = &path, .key = child.key};
    pb::Message& entry = *message.GetReflection()->AddMessage(&message, field.descriptor);
    entry.GetReflection()->SetString(&entry, entry_type.map_key(), std::string(child.key));
    ValueDecoder(field, *entry_type.map_value(), entry, findings).Decode(child, child_path);
  }
}

void DecodeList(const Node& node, const Path& path, const Field& field, pb::Message& message,
                Findings& findings) {
  ValueDecoder decoder(field, *field.descriptor, message, findings);
  for (size_t i = 0; i < node.children.size(); ++i) {
    const Path item_path{.parent = &path, .index = static_cast<int>(i)};
    decoder.Decode(node.children[i], item_path);
  }
}

void DecodeField(const Node& node, const Path& path, const Field& field, pb::Message& message,
                 Findings& findings) {
  if (node.IsNull()) return;
  if (!field.list && !field.map) {
    return ValueDecoder(field, *field.descriptor, message, findings).Decode(node, path);
  }
  if (field.list ? !node.IsSequence() : !node.IsMapping()) {
    return Report(node, path, Cat("got ", Describe(node), ", expected ", Expected(field)),
                  findings);
  }
  if (field.list) return DecodeList(node, path, field, message, findings);
  DecodeMap(node, path, field, message, findings);
}

void ReportUnknown(const Node& child, const Path& path, const Shape& shape, Findings& findings) {
  std::vector<std::string_view> keys;
  for (const Field& field : shape.fields) {
    if (!field.option->hidden()) keys.emplace_back(field.key);
  }
  const std::string_view close = Closest(child.key, keys);
  findings.push_back({.file = child.source == nullptr ? "" : child.source->file,
                      .place = child.key_place(),
                      .path = ToString(path),
                      .message = "unknown key",
                      .fix = close.empty() ? "" : Cat("did you mean \"", close, "\"?")});
}

}  // namespace

void Decode(const Node& node, const Path& path, const Shape& shape, pb::Message& message,
            Findings& findings) {
  size_t next = 0;  // keys usually stand in the order of the description
  for (const Node& child : node.children) {
    const Path child_path{.parent = &path, .key = child.key};
    const Field* field = nullptr;
    for (size_t tried = 0; tried < shape.fields.size() && field == nullptr; ++tried) {
      const Field& candidate = shape.fields[(next + tried) % shape.fields.size()];
      if (candidate.key == child.key) field = &candidate;
    }
    if (field == nullptr) {
      ReportUnknown(child, child_path, shape, findings);
      continue;
    }
    next = static_cast<size_t>(field - shape.fields.data()) + 1;
    DecodeField(child, child_path, *field, message, findings);
  }
}

}  // namespace ichor::config
