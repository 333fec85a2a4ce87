#include "lib/config/encode.h"

#include <algorithm>
#include <utility>

#include "lib/config/description.h"
#include "lib/config/to_node.h"
#include "lib/yaml/write.h"

namespace ichor::config {
namespace {

constexpr std::string_view kVersion = "v1alpha1";

// Finds the comments of a tree.
class Describer {
 public:
  explicit Describer(const EncodeOptions& options) : options_(options) {}

  void Mapping(const Node& mapping, const Shape& shape);
  const yml::Comments& comments() const { return comments_; }

 private:
  void Value(const Node& value, const Field& field);

  EncodeOptions options_;
  yml::Comments comments_;
};

void AppendLine(std::string_view line, std::string& text) {
  if (line.empty()) return;
  if (!text.empty()) text += '\n';
  text += line;
}

// What a key that is not there means, and below that how it could stand there.
std::string ExampleOf(const Field& field) {
  constexpr std::string_view kMargin = "    ";
  std::string text = field.option->doc();
  const bool nested = field.list || field.map || field.type == ValueType::kMessage;
  const std::string_view example = field.option->example();
  AppendLine(Cat(kMargin, field.key, nested ? ":" : Cat(": ", example)), text);
  for (std::string_view rest = nested ? example : ""; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    AppendLine(Cat(kMargin, kMargin, line), text);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return text;
}

void Describer::Mapping(const Node& mapping, const Shape& shape) {
  std::string absent;  // since the last key
  const Node* last = nullptr;
  for (const Field& field : shape.fields) {
    const Node* child = mapping.Find(field.key);
    if (child != nullptr) {
      if (options_.docs) AppendLine(field.option->doc(), absent);
      if (!absent.empty()) comments_[child] = std::exchange(absent, {});
      Value(*child, field);
      last = child;
    } else if (options_.examples && !field.option->example().empty()) {
      AppendLine(ExampleOf(field), absent);
    }
  }
  if (last == nullptr || absent.empty()) return;
  AppendLine(comments_[last], absent);  // nothing stands behind the last key
  comments_[last] = std::move(absent);
}

void Describer::Value(const Node& value, const Field& field) {
  if (field.type != ValueType::kMessage) return;
  if (!field.list && !field.map) return Mapping(value, *field.shape);
  for (const Node& item : value.children) {
    Mapping(item, *field.shape);
  }
}

void SetText(Node& mapping, std::string_view key, std::string_view text) {
  Node* node = mapping.Find(key);
  if (node != nullptr) node->text = text;
}

}  // namespace

std::string Encode(const google::protobuf::Message& document, const EncodeOptions& options) {
  const Kind* kind = KindOf(*document.GetDescriptor());
  if (kind == nullptr) return "";
  Source source;
  Node root = ToNode(document, *kind->shape, source);
  if (kind->legacy()) {
    SetText(root, "version", kVersion);
  } else {
    SetText(root, "apiVersion", kVersion);
    SetText(root, "kind", kind->name);
  }
  Describer describer(options);
  if (options.docs || options.examples) describer.Mapping(root, *kind->shape);
  return Write(root, {.comments = &describer.comments()});
}

std::string Encode(std::span<const std::unique_ptr<google::protobuf::Message>> documents,
                   const EncodeOptions& options) {
  std::string text;
  for (const auto& document : documents) {
    if (!text.empty()) text += "---\n";
    text += Encode(*document, options);
  }
  return text;
}

}  // namespace ichor::config
