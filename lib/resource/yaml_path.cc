#include "lib/resource/yaml_path.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/yaml/scalar.h"

namespace ichor {
namespace {

absl::Status ErrorAt(const yml::Place& place, const YamlPath& path, std::string_view message) {
  const std::string where = ToString(path);
  return absl::InvalidArgumentError(
      absl::StrCat(ToString(place), ": ", where, where.empty() ? "" : ": ",
                   absl::string_view(message.data(), message.size())));
}

}  // namespace

std::string ToString(const YamlPath& path) {
  std::string text = path.parent == nullptr ? "" : ToString(*path.parent);
  if (path.index >= 0) {
    absl::StrAppend(&text, "[", path.index, "]");
  } else if (path.parent != nullptr) {
    text.append(text.empty() ? "" : ".").append(path.key);
  }
  return text;
}

absl::Status Unexpected(const yml::Node& node, const YamlPath& path, std::string_view expected) {
  return ErrorAt(node.place(), path,
                 std::string("got ") + Describe(node) + ", expected " + std::string(expected));
}

absl::Status UnknownKey(const yml::Node& child, const YamlPath& path) {
  std::string message = "unknown key ";
  yml::AppendDoubleQuoted(child.key, message);
  return ErrorAt(child.key_place(), path, message);
}

std::optional<std::string_view> ScalarText(const yml::Node& node) {
  const bool text = node.kind == yml::Node::Kind::kText && !node.binary;
  const bool plain = node.kind == yml::Node::Kind::kPlain && !node.IsNull();
  if (!text && !plain) return std::nullopt;
  return node.text;
}

std::optional<bool> PlainBool(const yml::Node& node) {
  const bool plain = node.kind == yml::Node::Kind::kPlain;
  if (!plain || yml::MeaningOfPlain(node.text) != yml::PlainMeaning::kBool) return std::nullopt;
  return absl::ascii_tolower(static_cast<unsigned char>(node.text[0])) == 't';
}

}  // namespace ichor
