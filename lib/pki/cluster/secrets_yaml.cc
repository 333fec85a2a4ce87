// secrets.yaml, read and written from one table.
#include <array>
#include <format>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "lib/base/status.h"
#include "lib/pki/cluster/secrets.h"
#include "lib/pki/cluster/yaml_tree.h"
#include "lib/yaml/document.h"
#include "lib/yaml/text.h"

namespace ichor::pki {
namespace {

enum class Form : std::uint8_t { kText, kBase64 };

// One value of the file. In `section`, or in `group` of it if that is not empty.
struct Field {
  std::string_view section;
  std::string_view group;
  std::string_view key;
  Form form = Form::kText;
  bool optional = false;  // not written if empty
  std::variant<std::string*, Secret*> value;
};

void AppendPair(std::string_view group, PemPair& pair, std::vector<Field>& out) {
  out.push_back({.section = "certs",
                 .group = group,
                 .key = "crt",
                 .form = Form::kBase64,
                 .value = &pair.certificate});
  out.push_back({.section = "certs",
                 .group = group,
                 .key = "key",
                 .form = Form::kBase64,
                 .value = &pair.key});
}

// In the order of the file.
std::vector<Field> FieldsOf(ClusterSecrets& secrets) {
  std::vector<Field> fields = {
      {.section = "cluster", .key = "id", .value = &secrets.cluster_id},
      {.section = "cluster", .key = "secret", .value = &secrets.cluster_secret},
      {.section = "secrets", .key = "bootstraptoken", .value = &secrets.bootstrap_token},
      {.section = "secrets",
       .key = "aescbcencryptionsecret",
       .optional = true,
       .value = &secrets.aescbc_key},
      {.section = "secrets",
       .key = "secretboxencryptionsecret",
       .optional = true,
       .value = &secrets.secretbox_key},
      {.section = "trustdinfo", .key = "token", .value = &secrets.trustd_token},
  };
  AppendPair("etcd", secrets.etcd, fields);
  AppendPair("k8s", secrets.kubernetes, fields);
  AppendPair("k8saggregator", secrets.aggregator, fields);
  fields.push_back({.section = "certs",
                    .group = "k8sserviceaccount",
                    .key = "key",
                    .form = Form::kBase64,
                    .value = &secrets.service_account_key});
  AppendPair("os", secrets.os, fields);
  return fields;
}

const std::string& TextOf(const Field& field) {
  if (const auto* const plain = std::get_if<std::string*>(&field.value)) {
    return **plain;
  }
  return std::get<Secret*>(field.value)->text();
}

void Set(const Field& field, std::string text) {
  if (const auto* const plain = std::get_if<std::string*>(&field.value)) {
    **plain = std::move(text);
    return;
  }
  *std::get<Secret*>(field.value) = Secret(text);
  Wipe(text);
}

std::string PathOf(const Field& field) {
  return field.group.empty() ? std::format("{}.{}", field.section, field.key)
                             : std::format("{}.{}.{}", field.section, field.group, field.key);
}

absl::Status ErrorAt(const yml::Node& node, const Field& field, std::string_view what) {
  return absl::InvalidArgumentError(
      std::format("{}: {}: {}", ToString(node.place()), PathOf(field), what));
}

absl::Status Read(const yml::Node& root, const Field& field) {
  const yml::Node* const node = field.group.empty()
                                    ? Descendant(root, {field.section, field.key})
                                    : Descendant(root, {field.section, field.group, field.key});
  if (node == nullptr) {
    return absl::OkStatus();
  }
  if (!node->children.empty() || node->kind == yml::Node::Kind::kSequence ||
      node->kind == yml::Node::Kind::kMapping) {
    return ErrorAt(*node, field, "expected text");
  }
  if (field.form == Form::kText) {
    Set(field, std::string(node->text));
    return absl::OkStatus();
  }
  std::string bytes;
  if (!absl::Base64Unescape(yml::ToAbsl(node->text), &bytes)) {
    return ErrorAt(*node, field, "expected base64");
  }
  Set(field, std::move(bytes));
  return absl::OkStatus();
}

void Write(const Field& field, yml::Emitter& out) {
  out.Key(field.key);
  if (field.form == Form::kText) {
    out.String(TextOf(field));
    return;
  }
  std::string base64 = absl::Base64Escape(TextOf(field));
  out.String(base64);
  Wipe(base64);
}

}  // namespace

Secret ToYaml(const ClusterSecrets& secrets) {
  ClusterSecrets copy = secrets;
  yml::Emitter out;
  out.BeginMapping();
  std::string_view section;
  std::string_view group;
  for (const Field& field : FieldsOf(copy)) {
    if (field.optional && TextOf(field).empty()) {
      continue;
    }
    if (field.group != group || field.section != section) {
      if (!group.empty()) {
        out.EndMapping();
      }
      group = {};
    }
    if (field.section != section) {
      if (!section.empty()) {
        out.EndMapping();
      }
      out.Key(field.section);
      out.BeginMapping();
      section = field.section;
    }
    if (field.group != group) {
      out.Key(field.group);
      out.BeginMapping();
      group = field.group;
    }
    Write(field, out);
  }
  out.EndMapping();
  out.EndMapping();
  out.EndMapping();
  std::string text = std::move(out).Finish();
  Secret yaml(text);
  Wipe(text);
  return yaml;
}

absl::StatusOr<ClusterSecrets> ClusterSecretsFromYaml(std::string_view text) {
  const yml::SourcePtr source = SecretSource(text);
  ASSIGN_OR_RETURN(const yml::Node root, yml::ReadDocument(*source));
  if (root.kind != yml::Node::Kind::kMapping) {
    return absl::InvalidArgumentError(std::format(
        "{}: expected the keys cluster, secrets, trustdinfo and certs", ToString(root.place())));
  }
  ClusterSecrets secrets;
  for (const Field& field : FieldsOf(secrets)) {
    RETURN_IF_ERROR(Read(root, field));
  }
  return secrets;
}

}  // namespace ichor::pki
