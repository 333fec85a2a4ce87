#include "ichorctl/apply/current.h"

#include "cosi/resource/state.pb.h"
#include "lib/base/status.h"
#include "lib/yaml/document.h"

namespace ichor::ctl {
namespace {

// Says that the YAML of the spec is a string, whose text is the config. Older nodes give the config
// as it is.
constexpr const char* kIsString = "talos.dev/yaml-spec";

}  // namespace

absl::StatusOr<std::string> CurrentConfig(Nodes& nodes, const std::string& node) {
  cosi::resource::GetRequest request;
  request.set_namespace_("config");
  request.set_type("MachineConfigs.config.talos.dev");
  request.set_id("v1alpha1");
  cosi::resource::Resource resource;
  RETURN_IF_ERROR(
      AskOne<cosi::resource::GetResponse>(nodes, node, "/cosi.resource.State/Get", request,
                                          [&](const cosi::resource::GetResponse& reply) {
                                            resource = reply.resource();
                                            return absl::OkStatus();
                                          }));
  const std::string& yaml = resource.spec().yaml_spec();
  if (!resource.metadata().annotations().contains(kIsString)) {
    return yaml;
  }
  yml::Source source{.file = "machineconfig", .text = yaml};
  ASSIGN_OR_RETURN(const yml::Node spec, yml::ReadDocument(source));
  if (!spec.IsScalar()) {
    return absl::InternalError("the node's config is no text");
  }
  return std::string(spec.text);
}

}  // namespace ichor::ctl
