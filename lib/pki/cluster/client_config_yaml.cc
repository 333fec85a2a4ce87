// talosconfig, read and written.
#include <algorithm>
#include <array>
#include <format>
#include <string>
#include <utility>

#include "lib/base/status.h"
#include "lib/pki/cluster/client_config.h"
#include "lib/pki/cluster/yaml_tree.h"

namespace ichor::pki {
namespace {

absl::Status ErrorAt(const YamlNode& node, std::string_view what) {
  return absl::InvalidArgumentError(
      std::format("{}: {}: {}", ToString(node.place), node.key, what));
}

absl::StatusOr<std::string> TextOf(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::kSequence || node.kind == YamlNode::Kind::kMapping) {
    return ErrorAt(node, "expected text");
  }
  return node.IsNull() ? std::string() : node.text;
}

absl::Status ReadList(const YamlNode& node, std::vector<std::string>& into) {
  if (node.IsNull()) {
    return absl::OkStatus();
  }
  if (node.kind != YamlNode::Kind::kSequence) {
    return ErrorAt(node, "expected a list");
  }
  for (const YamlNode& item : node.children) {
    ASSIGN_OR_RETURN(std::string text, TextOf(item));
    into.push_back(std::move(text));
  }
  return absl::OkStatus();
}

struct TextField {
  std::string_view key;
  std::string ClientContext::* member;
};
constexpr std::array kTextFields = {
    TextField{.key = "ca", .member = &ClientContext::ca},
    TextField{.key = "crt", .member = &ClientContext::certificate},
    TextField{.key = "cluster", .member = &ClientContext::cluster},
    TextField{.key = "proxy-url", .member = &ClientContext::proxy_url},
};

absl::Status ReadField(const YamlNode& node, ClientContext& context) {
  const auto* const field = std::ranges::find(kTextFields, node.key, &TextField::key);
  if (field != kTextFields.end()) {
    ASSIGN_OR_RETURN(context.*(field->member), TextOf(node));
    return absl::OkStatus();
  }
  if (node.key == "key") {
    ASSIGN_OR_RETURN(std::string key, TextOf(node));
    context.key = Secret(key);
    Wipe(key);
    return absl::OkStatus();
  }
  if (node.key == "endpoints") {
    return ReadList(node, context.endpoints);
  }
  if (node.key == "nodes") {
    return ReadList(node, context.nodes);
  }
  if (node.key == "target") {
    ASSIGN_OR_RETURN(std::string target, TextOf(node));
    if (!target.empty()) {
      context.endpoints.push_back(std::move(target));
    }
    return absl::OkStatus();
  }
  context.others.push_back(node);
  return absl::OkStatus();
}

absl::Status ReadContexts(const YamlNode& node, ClientConfig& config) {
  if (node.IsNull()) {
    return absl::OkStatus();
  }
  if (node.kind != YamlNode::Kind::kMapping) {
    return ErrorAt(node, "expected contexts by their names");
  }
  for (const YamlNode& child : node.children) {
    ClientContext context;
    if (!child.IsNull() && child.kind != YamlNode::Kind::kMapping) {
      return ErrorAt(child, "expected a context");
    }
    for (const YamlNode& field : child.children) {
      RETURN_IF_ERROR(
          base::Annotate(ReadField(field, context), std::format("context \"{}\"", child.key)));
    }
    config.contexts.emplace(child.key, std::move(context));
  }
  return absl::OkStatus();
}

void WriteList(std::string_view key, const std::vector<std::string>& items, YamlEmitter& out) {
  out.Key(key);
  out.BeginSequence();
  for (const std::string& item : items) {
    out.Item();
    out.String(item);
  }
  out.EndSequence();
}

void WriteText(std::string_view key, const std::string& text, YamlEmitter& out) {
  if (!text.empty()) {
    out.Key(key);
    out.String(text);
  }
}

void WriteOthers(const std::vector<YamlNode>& others, YamlEmitter& out) {
  for (const YamlNode& other : others) {
    out.Key(other.key);
    Emit(other, out);
  }
}

void WriteContext(const ClientContext& context, YamlEmitter& out) {
  out.BeginMapping();
  WriteList("endpoints", context.endpoints, out);
  if (!context.nodes.empty()) {
    WriteList("nodes", context.nodes, out);
  }
  WriteText("ca", context.ca, out);
  WriteText("crt", context.certificate, out);
  WriteText("key", context.key.text(), out);
  WriteOthers(context.others, out);
  WriteText("cluster", context.cluster, out);
  WriteText("proxy-url", context.proxy_url, out);
  out.EndMapping();
}

// A key may have 1,024 characters on its line, escapes counted: a longer one could not be written
// again.
absl::Status CheckKeys(const YamlNode& node) {
  constexpr size_t kMaxKeyBytes = 200;
  if (node.key.size() > kMaxKeyBytes) {
    return absl::InvalidArgumentError(std::format("{}: a key of {} bytes, expected {} at most",
                                                  ToString(node.key_place), node.key.size(),
                                                  kMaxKeyBytes));
  }
  for (const YamlNode& child : node.children) {
    RETURN_IF_ERROR(CheckKeys(child));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ClientConfig> ClientConfigFromYaml(std::string_view text) {
  ClientConfig config;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return config;
  }
  ASSIGN_OR_RETURN(YamlNode root, ReadYaml(text));
  const TreeWiper wiper(root);
  RETURN_IF_ERROR(CheckKeys(root));
  if (root.kind != YamlNode::Kind::kMapping) {
    return absl::InvalidArgumentError(
        std::format("{}: expected the keys context and contexts", ToString(root.place)));
  }
  for (const YamlNode& child : root.children) {
    if (child.key == "context") {
      ASSIGN_OR_RETURN(config.current, TextOf(child));
    } else if (child.key == "contexts") {
      RETURN_IF_ERROR(ReadContexts(child, config));
    } else {
      config.others.push_back(child);
    }
  }
  return config;
}

Secret ToYaml(const ClientConfig& config) {
  YamlEmitter out;
  out.BeginMapping();
  out.Key("context");
  out.String(config.current);
  out.Key("contexts");
  out.BeginMapping();
  for (const auto& [name, context] : config.contexts) {
    out.Key(name);
    WriteContext(context, out);
  }
  out.EndMapping();
  WriteOthers(config.others, out);
  out.EndMapping();
  std::string text = std::move(out).Finish();
  Secret yaml(text);
  Wipe(text);
  return yaml;
}

}  // namespace ichor::pki
