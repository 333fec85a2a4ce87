#include "ichorctl/generate/tree.h"

#include <utility>

#include "lib/pki/cluster/yaml_tree.h"
#include "lib/resource/yaml/emit.h"

namespace ichor::ctl {

YamlNode Text(std::string_view key, std::string_view text) {
  return {.kind = YamlNode::Kind::kText, .text = std::string(text), .key = std::string(key)};
}

YamlNode Number(std::string_view key, long number) {  // NOLINT(google-runtime-int): any
  return {.text = std::to_string(number), .key = std::string(key)};
}

YamlNode Truth(std::string_view key, bool value) {
  return {.text = value ? "true" : "false", .key = std::string(key)};
}

YamlNode Mapping(std::string_view key, std::vector<YamlNode> values) {
  return {.kind = YamlNode::Kind::kMapping, .key = std::string(key), .children = std::move(values)};
}

YamlNode List(std::string_view key, std::vector<YamlNode> items) {
  return {.kind = YamlNode::Kind::kSequence, .key = std::string(key), .children = std::move(items)};
}

YamlNode Texts(std::string_view key, const std::vector<std::string>& items) {
  std::vector<YamlNode> nodes;
  nodes.reserve(items.size());
  for (const std::string& item : items) {
    nodes.push_back(Text("", item));
  }
  return List(key, std::move(nodes));
}

void AddIf(bool condition, YamlNode node, std::vector<YamlNode>& parent) {
  if (condition) {
    parent.push_back(std::move(node));
  }
}

YamlNode Document(std::string_view kind, std::vector<YamlNode> values) {
  std::vector<YamlNode> all = {Text("apiVersion", "v1alpha1"), Text("kind", kind)};
  for (YamlNode& value : values) {
    all.push_back(std::move(value));
  }
  return Mapping("", std::move(all));
}

std::string ToText(const std::vector<YamlNode>& documents) {
  std::string out;
  for (const YamlNode& document : documents) {
    YamlEmitter emitter;
    pki::Emit(document, emitter);
    out += (out.empty() ? "" : "---\n") + std::move(emitter).Finish();
  }
  return out;
}

}  // namespace ichor::ctl
