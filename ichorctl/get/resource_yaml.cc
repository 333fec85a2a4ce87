// A resource as a YAML document, in the form that scripts know.
#include <chrono>
#include <format>
#include <map>
#include <vector>

#include "absl/strings/str_split.h"
#include "ichorctl/get/printer.h"
#include "lib/yaml/document.h"
#include "lib/yaml/emit.h"

namespace ichor::ctl {
namespace {

using cosi::resource::Metadata;

void Add(std::string_view key, std::string_view value, yml::Emitter& out) {
  out.Key(key);
  out.String(value);
}

void AddTime(std::string_view key, const google::protobuf::Timestamp& time, yml::Emitter& out) {
  out.Key(key);
  out.Plain(
      std::format("{:%FT%TZ}", std::chrono::sys_seconds(std::chrono::seconds(time.seconds()))));
}

void AddLabels(std::string_view key, const google::protobuf::Map<std::string, std::string>& labels,
               yml::Emitter& out) {
  if (labels.empty()) {
    return;
  }
  const std::map<std::string, std::string> sorted(labels.begin(), labels.end());
  out.Key(key);
  out.BeginMapping();
  for (const auto& [name, value] : sorted) {
    Add(name, value, out);
  }
  out.EndMapping();
}

void AddMetadata(const Metadata& metadata, yml::Emitter& out) {
  out.Key("metadata");
  out.BeginMapping();
  Add("namespace", metadata.namespace_(), out);
  Add("type", metadata.type(), out);
  Add("id", metadata.id(), out);
  out.Key("version");
  out.Plain(metadata.version());
  if (!metadata.owner().empty()) {
    Add("owner", metadata.owner(), out);
  }
  Add("phase", metadata.phase(), out);
  AddTime("created", metadata.created(), out);
  AddTime("updated", metadata.updated(), out);
  AddLabels("labels", metadata.labels(), out);
  AddLabels("annotations", metadata.annotations(), out);
  if (!metadata.finalizers().empty()) {
    out.Key("finalizers");
    out.BeginSequence();
    for (const std::string& finalizer : metadata.finalizers()) {
      out.Item();
      out.String(finalizer);
    }
    out.EndSequence();
  }
  out.EndMapping();
}

// The text of the spec, one level deeper; what is no tree stands behind the key.
std::string SpecText(const std::string& yaml) {
  yml::Source source{.file = {}, .text = yaml.empty() ? "null" : yaml};
  const auto spec = yml::ReadDocument(source);
  if (spec.ok() && spec->IsScalar()) {
    yml::Emitter out;
    out.BeginMapping();
    out.Key("spec");
    if (spec->kind == yml::Node::Kind::kPlain) {
      out.Plain(spec->text);
    } else {
      out.String(spec->text);
    }
    out.EndMapping();
    return std::move(out).Finish();
  }
  if (spec.ok() && spec->children.empty()) {
    return spec->IsMapping() ? "spec: {}\n" : "spec: []\n";
  }
  std::string text = "spec:\n";
  for (const auto line : absl::StrSplit(yaml, '\n')) {
    text += line.empty() ? "\n" : std::format("    {}\n", std::string(line));
  }
  text.erase(text.find_last_not_of('\n') + 1);
  return text + '\n';
}

}  // namespace

std::string ResourceYaml(const Shown& shown) {
  yml::Emitter out;
  out.BeginMapping();
  Add("node", shown.node, out);
  if (!shown.event.empty()) {
    Add("event", shown.event, out);
  }
  AddMetadata(shown.resource.metadata(), out);
  out.EndMapping();
  return std::move(out).Finish() + SpecText(shown.resource.spec().yaml_spec());
}

}  // namespace ichor::ctl
