#include "machined/platform/problems.h"

#include <charconv>
#include <format>
#include <utility>

namespace ichor {

void FileProblems::Add(const yml::Node& value, std::string_view message) {
  const yml::Place place = value.place();
  const std::string key = value.key.empty() ? "" : std::format("{}: ", value.key);
  problems_.push_back(std::format("{}:{}:{}: {}{}", file_, place.line, place.column, key, message));
}

void FileProblems::Add(std::string sentence) {
  problems_.push_back(std::format("{}: {}", file_, std::move(sentence)));
}

Fields::Fields(const yml::Node& mapping, FileProblems& problems)
    : mapping_(mapping), problems_(problems) {
  if (!mapping.IsMapping()) {
    problems.Add(mapping, std::format("expected a mapping, got {}", yml::Describe(mapping)));
  }
}

const yml::Node* Fields::Find(std::string_view key) const {
  const yml::Node* const value = mapping_.IsMapping() ? mapping_.Find(key) : nullptr;
  return value == nullptr || value->IsNull() ? nullptr : value;
}

std::string Fields::Text(std::string_view key) const {
  const yml::Node* const value = Find(key);
  if (value == nullptr) {
    return "";
  }
  if (!value->IsScalar()) {
    problems_.Add(*value, std::format("expected a text, got {}", yml::Describe(*value)));
    return "";
  }
  return std::string(value->text);
}

std::uint32_t Fields::Number(std::string_view key) const {
  const std::string text = Text(key);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && (error != std::errc{} || end != text.data() + text.size())) {
    Complain(key, std::format("\"{}\" is no number", text));
    return 0;
  }
  return number;
}

bool Fields::Flag(std::string_view key) const {
  const std::string text = Text(key);
  if (text == "true" || text == "yes" || text == "on") {
    return true;
  }
  if (!text.empty() && text != "false" && text != "no" && text != "off") {
    Complain(key, std::format("\"{}\" is neither true nor false", text));
  }
  return false;
}

std::vector<const yml::Node*> Fields::Items(std::string_view key) const {
  std::vector<const yml::Node*> items;
  const yml::Node* const value = Find(key);
  if (value != nullptr && value->IsSequence()) {
    for (const yml::Node& item : value->children) {
      items.push_back(&item);
    }
  } else if (value != nullptr) {
    items.push_back(value);
  }
  return items;
}

std::vector<std::string> Fields::Texts(std::string_view key) const {
  std::vector<std::string> texts;
  for (const yml::Node* item : Items(key)) {
    if (item->IsScalar()) {
      texts.emplace_back(item->text);
    } else {
      problems_.Add(*item, std::format("expected a text, got {}", yml::Describe(*item)));
    }
  }
  return texts;
}

void Fields::Complain(std::string_view key, std::string_view message) const {
  const yml::Node* const value = Find(key);
  if (value == nullptr) {
    problems_.Add(mapping_, std::format("{}: {}", key, message));
  } else {
    problems_.Add(*value, message);
  }
}

}  // namespace ichor
