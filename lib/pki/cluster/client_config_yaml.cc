// talosconfig, read and written.
#include <algorithm>
#include <array>
#include <format>
#include <string>
#include <utility>

#include "lib/base/status.h"
#include "lib/pki/cluster/client_config.h"
#include "lib/pki/cluster/yaml_tree.h"
#include "lib/yaml/document.h"

namespace ichor::pki {
namespace {

absl::Status ErrorAt(const yml::Node& node, std::string_view what) {
  return absl::InvalidArgumentError(
      std::format("{}: {}: {}", ToString(node.place()), node.key, what));
}

absl::StatusOr<std::string> TextOf(const yml::Node& node) {
  if (node.kind == yml::Node::Kind::kSequence || node.kind == yml::Node::Kind::kMapping) {
    return ErrorAt(node, "expected text");
  }
  return node.IsNull() ? std::string() : std::string(node.text);
}

absl::Status ReadList(const yml::Node& node, std::vector<std::string>& into) {
  if (node.IsNull()) {
    return absl::OkStatus();
  }
  if (node.kind != yml::Node::Kind::kSequence) {
    return ErrorAt(node, "expected a list");
  }
  for (const yml::Node& item : node.children) {
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

absl::Status ReadField(const yml::Node& node, ClientContext& context) {
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
  context.others.values.push_back(node);
  return absl::OkStatus();
}

absl::Status ReadContexts(const yml::Node& node, ClientConfig& config) {
  if (node.IsNull()) {
    return absl::OkStatus();
  }
  if (node.kind != yml::Node::Kind::kMapping) {
    return ErrorAt(node, "expected contexts by their names");
  }
  for (const yml::Node& child : node.children) {
    ClientContext context{.others = {.source = config.others.source}};
    if (!child.IsNull() && child.kind != yml::Node::Kind::kMapping) {
      return ErrorAt(child, "expected a context");
    }
    for (const yml::Node& field : child.children) {
      RETURN_IF_ERROR(
          base::Annotate(ReadField(field, context), std::format("context \"{}\"", child.key)));
    }
    config.contexts.emplace(std::string(child.key), std::move(context));
  }
  return absl::OkStatus();
}

void WriteList(std::string_view key, const std::vector<std::string>& items, yml::Emitter& out) {
  out.Key(key);
  out.BeginSequence();
  for (const std::string& item : items) {
    out.Item();
    out.String(item);
  }
  out.EndSequence();
}

void WriteText(std::string_view key, const std::string& text, yml::Emitter& out) {
  if (!text.empty()) {
    out.Key(key);
    out.String(text);
  }
}

void WriteOthers(const ForeignKeys& others, yml::Emitter& out) {
  for (const yml::Node& other : others.values) {
    out.Key(other.key);
    Emit(other, out);
  }
}

void WriteContext(const ClientContext& context, yml::Emitter& out) {
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

}  // namespace

absl::StatusOr<ClientConfig> ClientConfigFromYaml(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return ClientConfig{};
  }
  ClientConfig config{.others = {.source = SecretSource(text)}};
  ASSIGN_OR_RETURN(const yml::Node root, yml::ReadDocument(*config.others.source));
  if (root.kind != yml::Node::Kind::kMapping) {
    return absl::InvalidArgumentError(
        std::format("{}: expected the keys context and contexts", ToString(root.place())));
  }
  for (const yml::Node& child : root.children) {
    if (child.key == "context") {
      ASSIGN_OR_RETURN(config.current, TextOf(child));
    } else if (child.key == "contexts") {
      RETURN_IF_ERROR(ReadContexts(child, config));
    } else {
      config.others.values.push_back(child);
    }
  }
  return config;
}

Secret ToYaml(const ClientConfig& config) {
  yml::Emitter out;
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
