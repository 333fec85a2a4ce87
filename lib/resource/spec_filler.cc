#include "lib/resource/spec_filler.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "common/common.pb.h"
#include "google/api/expr/v1alpha1/checked.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "lib/resource/address_text.h"
#include "lib/resource/cel/cel.h"
#include "lib/resource/time_text.h"
#include "lib/resource/yaml_field.h"

namespace ichor {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

template <class T>
T Must(std::optional<T> value) {
  CHECK(value.has_value());
  return *std::move(value);
}

void FillValue(pb::Value& value) {
  auto& fields = *value.mutable_struct_value()->mutable_fields();
  fields["text"].set_string_value("true");
  fields["number"].set_number_value(1.5);
  fields["integer"].set_number_value(6443);
  fields["flag"].set_bool_value(false);
  fields["nothing"].set_null_value(pb::NULL_VALUE);
  auto& list = *fields["list"].mutable_list_value();
  list.add_values()->mutable_list_value();
  list.add_values()->mutable_struct_value();
  list.add_values()->set_string_value("a\nb\n");
}

// Whether `message` has a form of its own, and is filled.
bool FillForm(pb::Message& message) {
  switch (FormOf(*message.GetDescriptor())) {
    case MessageForm::kNone:
      return false;
    case MessageForm::kAddress:
      message.CopyFrom(Must(ParseNetIP("fd00::1")));
      break;
    case MessageForm::kEndpoint:
      message.CopyFrom(Must(ParseNetIPPort("10.0.0.1:443")));
      break;
    case MessageForm::kPrefix:
      message.CopyFrom(Must(ParseNetIPPrefix("10.0.0.1/24")));
      break;
    case MessageForm::kDuration:
      message.CopyFrom(Must(ParseDuration("1h0m0.5s")));
      break;
    case MessageForm::kTimestamp:
      message.CopyFrom(Must(ParseTimestamp("2026-08-01T12:00:00.25Z")));
      break;
    case MessageForm::kUrl:
      static_cast<common::URL&>(message).set_full_path("https://a:6443/b?c=d#e");
      break;
    case MessageForm::kExpression: {
      auto expression = CelFromText("disk.size > 10u && disk.links.exists(l, l == \"x\")");
      CHECK_OK(expression);
      message.CopyFrom(*expression);
      break;
    }
    case MessageForm::kStruct: {
      pb::Value value;
      FillValue(value);
      message.CopyFrom(value.struct_value());
      break;
    }
    case MessageForm::kValue:
      FillValue(static_cast<pb::Value&>(message));
      break;
    case MessageForm::kList:
      static_cast<pb::ListValue&>(message).add_values()->set_bool_value(true);
      break;
  }
  return true;
}

std::string TextFor(const FieldDescriptor& field, int i) {
  if (FormOf(field) == TextOption::YAML) return "interface: eth0\nmtu: 9000\n";
  if (field.type() == FieldDescriptor::TYPE_BYTES)
    return std::string("\x00\x7f\x80\xff", 4) + static_cast<char>('0' + i);
  return absl::StrCat(i == 0 ? "0x" : "- ", field.name(), ": é\n", i);
}

// The last value with a word, or with none a number beside all values.
int NumberFor(const pb::EnumDescriptor& type, int i) {
  return i == 0 ? type.value(type.value_count() - 1)->number() : 77;
}

constexpr std::uint32_t kBits = 0x40001;

void Set(pb::Message& message, const FieldDescriptor* field) {
  const pb::Reflection& r = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return r.SetInt32(&message, field, INT32_MIN);
    case FieldDescriptor::CPPTYPE_INT64:
      return r.SetInt64(&message, field, INT64_MIN);
    case FieldDescriptor::CPPTYPE_UINT32:
      return r.SetUInt32(&message, field, kBits);
    case FieldDescriptor::CPPTYPE_UINT64:
      return r.SetUInt64(&message, field, UINT64_MAX);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return r.SetDouble(&message, field, 1234567.25);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return r.SetFloat(&message, field, 0.5);
    case FieldDescriptor::CPPTYPE_BOOL:
      return r.SetBool(&message, field, true);
    case FieldDescriptor::CPPTYPE_ENUM:
      return r.SetEnumValue(&message, field, NumberFor(*field->enum_type(), 0));
    case FieldDescriptor::CPPTYPE_STRING:
      return r.SetString(&message, field, TextFor(*field, 0));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FillSpec(*r.MutableMessage(&message, field));
  }
}

void Add(pb::Message& message, const FieldDescriptor* field, int i) {
  const pb::Reflection& r = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return r.AddInt32(&message, field, i - 1);
    case FieldDescriptor::CPPTYPE_INT64:
      return r.AddInt64(&message, field, i - 1);
    case FieldDescriptor::CPPTYPE_UINT32:
      return r.AddUInt32(&message, field, i);
    case FieldDescriptor::CPPTYPE_UINT64:
      return r.AddUInt64(&message, field, i);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return r.AddDouble(&message, field, 1e-7 * i);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return r.AddFloat(&message, field, 0);
    case FieldDescriptor::CPPTYPE_BOOL:
      return r.AddBool(&message, field, i == 1);
    case FieldDescriptor::CPPTYPE_ENUM:
      return r.AddEnumValue(&message, field, NumberFor(*field->enum_type(), i));
    case FieldDescriptor::CPPTYPE_STRING:
      return r.AddString(&message, field, TextFor(*field, i));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FillSpec(*r.AddMessage(&message, field));
  }
}

void AddEntry(pb::Message& message, const FieldDescriptor* field, int i) {
  pb::Message& entry = *message.GetReflection()->AddMessage(&message, field);
  const pb::Descriptor& type = *entry.GetDescriptor();
  CHECK(type.map_key()->type() == FieldDescriptor::TYPE_STRING) << field->full_name();
  entry.GetReflection()->SetString(&entry, type.map_key(), absl::StrCat("key: ", i));
  Set(entry, type.map_value());
}

}  // namespace

void FillSpec(pb::Message& message) {
  if (FillForm(message)) return;
  const pb::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (!field->is_repeated()) {
      Set(message, field);
      continue;
    }
    for (int element = 0; element < 2; ++element) {
      field->is_map() ? AddEntry(message, field, element) : Add(message, field, element);
    }
  }
}

}  // namespace ichor
