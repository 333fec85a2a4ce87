#include "lib/config/encode.h"

#include "lib/config/description.h"
#include "lib/config/to_node.h"
#include "lib/yaml/write.h"

namespace ichor::config {
namespace {

constexpr std::string_view kVersion = "v1alpha1";

void Describe(const Node& mapping, const Shape& shape, yml::Comments& comments);

void DescribeValue(const Node& value, const Field& field, yml::Comments& comments) {
  if (field.type != ValueType::kMessage) return;
  if (!field.list && !field.map) return Describe(value, *field.shape, comments);
  for (const Node& item : value.children) {
    Describe(item, *field.shape, comments);
  }
}

void Describe(const Node& mapping, const Shape& shape, yml::Comments& comments) {
  for (const Node& child : mapping.children) {
    const Field* field = shape.Find(child.key);
    if (field == nullptr) continue;
    if (!field->option->doc().empty()) comments[&child] = field->option->doc();
    DescribeValue(child, *field, comments);
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
  yml::Comments comments;
  if (options.docs) Describe(root, *kind->shape, comments);
  return Write(root, {.comments = &comments});
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
