#include "lib/resource/wire.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <functional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "lib/base/status.h"
#include "lib/base/string_hash.h"
#include "lib/resource/resource_type.h"
#include "lib/resource/time_proto.h"

namespace ichor {
namespace {

absl::StatusOr<std::uint64_t> VersionFromString(std::string_view text) {
  if (text == "undefined") {
    return 0;
  }
  std::int64_t version = -1;  // clients read it as a signed number
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc{} || rest != text.data() + text.size() || version < 0) {
    return absl::InvalidArgumentError(
        std::format("metadata.version: \"{}\": expected \"undefined\" or a number", text));
  }
  return static_cast<std::uint64_t>(version);
}

absl::StatusOr<SpecPtr> SpecFromProto(const cosi::resource::Spec& spec, std::string_view type,
                                      SpecTyping typing) {
  const google::protobuf::Message* empty =
      typing == SpecTyping::kOpaque ? nullptr : EmptySpecOf(type);
  if (empty == nullptr) {
    return SpecData::Opaque(spec.proto_spec(), spec.yaml_spec());
  }
  return SpecData::Parse(spec.proto_spec(), *empty);
}

}  // namespace

void ToProto(const Resource& resource, SpecForm form, cosi::resource::Resource& out) {
  const Metadata& metadata = resource.metadata;
  cosi::resource::Metadata& wire = *out.mutable_metadata();
  wire.set_namespace_(metadata.kind->ns);
  wire.set_type(metadata.kind->type);
  wire.set_id(metadata.id);
  wire.set_version(metadata.version == 0 ? "undefined" : std::to_string(metadata.version));
  wire.set_owner(metadata.owner);
  wire.set_phase(std::string(ToString(metadata.phase)));
  *wire.mutable_created() = ToProto(metadata.created);
  *wire.mutable_updated() = ToProto(metadata.updated);
  wire.mutable_finalizers()->Assign(metadata.finalizers.begin(), metadata.finalizers.end());
  for (const auto& [key, value] : metadata.labels) {
    (*wire.mutable_labels())[key] = value;
  }
  for (const auto& [key, value] : metadata.annotations) {
    (*wire.mutable_annotations())[key] = value;
  }
  out.mutable_spec()->set_proto_spec(resource.spec->proto());
  if (form == SpecForm::kProtoAndYaml) {
    out.mutable_spec()->set_yaml_spec(resource.spec->Yaml());
  }
}

absl::StatusOr<Resource> FromProto(const cosi::resource::Resource& proto, SpecTyping typing) {
  if (!proto.has_metadata()) {
    return absl::InvalidArgumentError("metadata is missing");
  }
  if (!proto.has_spec()) {
    return absl::InvalidArgumentError("spec is missing");
  }
  const cosi::resource::Metadata& wire = proto.metadata();
  Resource resource;
  Metadata& metadata = resource.metadata;
  ASSIGN_OR_RETURN(metadata.version, VersionFromString(wire.version()));
  ASSIGN_OR_RETURN(metadata.phase, PhaseFromString(wire.phase()));
  ASSIGN_OR_RETURN(resource.spec, SpecFromProto(proto.spec(), wire.type(), typing));
  metadata.kind = std::make_shared<const Kind>(Kind{.ns = wire.namespace_(), .type = wire.type()});
  metadata.id = wire.id();
  metadata.owner = wire.owner();
  metadata.created = FromProto(wire.created());
  metadata.updated = FromProto(wire.updated());
  absl::flat_hash_set<std::string_view, base::StringHash, std::equal_to<>>
      seen;  // a stranger may send 200,000 of them
  for (const std::string& finalizer : wire.finalizers()) {
    if (seen.insert(finalizer).second) {
      metadata.finalizers.push_back(finalizer);
    }
  }
  metadata.labels = Labels(wire.labels().begin(), wire.labels().end());
  metadata.annotations = Labels(wire.annotations().begin(), wire.annotations().end());
  return resource;
}

absl::StatusOr<Phase> PhaseFromString(std::string_view text) {
  if (text == "running") {
    return Phase::kRunning;
  }
  if (text == "tearingDown") {
    return Phase::kTearingDown;
  }
  return absl::InvalidArgumentError(
      std::format("phase: \"{}\": expected \"running\" or \"tearingDown\"", text));
}

}  // namespace ichor
