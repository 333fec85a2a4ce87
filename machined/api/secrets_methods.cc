#include <string>
#include <utility>

#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/secrets/client_file.h"

namespace ichor::api {
namespace {

absl::StatusOr<machine::GenerateClientConfigurationResponse> MakeClientFile(
    const ApiContext& context, const machine::GenerateClientConfigurationRequest& request) {
  const All<secrets::OSRootSecret> roots = context.runtime.Read<secrets::OSRootSecret>();
  const auto root = roots.empty() ? secrets::OSRootSecret::Spec() : roots.front().spec();
  const std::string cluster = ClusterNameOf(context.runtime.Read<config::MachineConfig>());
  machine::GenerateClientConfigurationResponse reply;
  ASSIGN_OR_RETURN(*reply.add_messages(),
                   NewClientFile(root, cluster, request, context.clock.Now()));
  return reply;
}

}  // namespace

void AddSecretsMethods(Methods& methods) {
  const ApiContext& context = methods.context();
  methods.Unary<machine::GenerateClientConfigurationRequest>(
      "/machine.MachineService/GenerateClientConfiguration",
      [&context](const machine::GenerateClientConfigurationRequest& request) {
        return MakeClientFile(context, request);
      });
}

}  // namespace ichor::api
