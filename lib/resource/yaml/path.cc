#include "lib/resource/yaml/path.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/resource/yaml/scalar.h"

namespace ichor {
namespace {

absl::Status ErrorAt(const YamlPlace& place, const YamlPath& path, std::string_view message) {
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

absl::Status Unexpected(const YamlNode& node, const YamlPath& path, std::string_view expected) {
  return ErrorAt(node.place, path,
                 std::string("got ") + Describe(node) + ", expected " + std::string(expected));
}

absl::Status UnknownKey(const YamlNode& child, const YamlPath& path) {
  std::string message = "unknown key ";
  AppendDoubleQuoted(child.key, message);
  return ErrorAt(child.key_place, path, message);
}

std::optional<std::string_view> ScalarText(const YamlNode& node) {
  const bool text = node.kind == YamlNode::Kind::kText;
  const bool plain = node.kind == YamlNode::Kind::kPlain && !node.IsNull();
  if (!text && !plain) return std::nullopt;
  return node.text;
}

std::optional<bool> PlainBool(const YamlNode& node) {
  const bool plain = node.kind == YamlNode::Kind::kPlain;
  if (!plain || MeaningOfPlain(node.text) != PlainMeaning::kBool) return std::nullopt;
  return absl::ascii_tolower(static_cast<unsigned char>(node.text[0])) == 't';
}

}  // namespace ichor
