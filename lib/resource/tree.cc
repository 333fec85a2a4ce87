#include "lib/resource/tree.h"

namespace ichor {

namespace pb = google::protobuf;

Tree::Tree(const char* text) {
  value_.set_string_value(text);
}

Tree::Tree(std::string text) {
  value_.set_string_value(std::move(text));
}

Tree::Tree(std::string_view text) {
  value_.set_string_value(std::string(text));
}

Tree::Tree(bool truth) {
  value_.set_bool_value(truth);
}

Tree::Tree(int number) {
  value_.set_number_value(number);
}

Tree::Tree(std::int64_t number) {
  value_.set_number_value(static_cast<double>(number));
}

Tree::Tree(pb::Struct object) {
  *value_.mutable_struct_value() = std::move(object);
}

Tree::Tree(pb::Value value) : value_(std::move(value)) {}

Tree::Tree(const std::vector<Tree>& items) {
  value_.mutable_list_value();
  for (const Tree& item : items) {
    *value_.mutable_list_value()->add_values() = item.value();
  }
}

Tree::Tree(const std::vector<std::string>& items) {
  value_.mutable_list_value();
  for (const std::string& item : items) {
    value_.mutable_list_value()->add_values()->set_string_value(item);
  }
}

pb::Struct Object(std::initializer_list<std::pair<std::string_view, Tree>> entries) {
  pb::Struct object;
  for (const auto& [key, value] : entries) {
    (*object.mutable_fields())[std::string(key)] = value.value();
  }
  return object;
}

Tree List(std::initializer_list<Tree> items) {
  return std::vector<Tree>(items);
}

void Set(pb::Struct& object, std::string_view key, const Tree& value) {
  (*object.mutable_fields())[std::string(key)] = value.value();
}

const pb::Value* Find(const pb::Struct& object, std::initializer_list<std::string_view> path) {
  const pb::Struct* at = &object;
  const pb::Value* value = nullptr;
  for (const std::string_view key : path) {
    if (at == nullptr) {
      return nullptr;
    }
    const auto found = at->fields().find(std::string(key));
    if (found == at->fields().end()) {
      return nullptr;
    }
    value = &found->second;
    at = value->has_struct_value() ? &value->struct_value() : nullptr;
  }
  return value;
}

std::string TextAt(const pb::Struct& object, std::initializer_list<std::string_view> path) {
  const pb::Value* const value = Find(object, path);
  return value == nullptr ? "" : value->string_value();
}

}  // namespace ichor
