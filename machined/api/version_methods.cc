#include <string>

#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/version.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

constexpr std::string_view kDefaultPlatform = "metal";

std::string PlatformOf(Runtime& runtime) {
  const All<runtime::PlatformMetadata> rows = runtime.Read<runtime::PlatformMetadata>();
  return rows.empty() || rows.front().spec().platform().empty() ? std::string(kDefaultPlatform)
                                                                : rows.front().spec().platform();
}

}  // namespace

void AddVersionMethods(Methods& methods) {
  const ApiContext& context = methods.context();
  methods.Unary<Empty>("/machine.MachineService/Version",
                       [&context](const Empty&) -> absl::StatusOr<machine::VersionResponse> {
                         const bool configured =
                             !context.runtime.Read<config::MachineConfig>().empty();
                         machine::VersionResponse reply;
                         *reply.add_messages() = VersionOf(PlatformOf(context.runtime), configured);
                         return reply;
                       });
  methods.Unary<Empty>("/machine.MachineService/Hostname",
                       [&context](const Empty&) -> absl::StatusOr<machine::HostnameResponse> {
                         ASSIGN_OR_RETURN(std::string name, context.kernel.Hostname());
                         machine::HostnameResponse reply;
                         reply.add_messages()->set_hostname(std::move(name));
                         return reply;
                       });
}

}  // namespace ichor::api
