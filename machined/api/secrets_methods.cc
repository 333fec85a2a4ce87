#include <chrono>
#include <string>
#include <utility>

#include "common/common.pb.h"
#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"
#include "machined/api/files/gzip.h"
#include "machined/api/files/tar_header.h"
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

// An archive of one file, as clients expect it.
absl::StatusOr<common::Data> MakeKubeconfig(const ApiContext& context) {
  const All<secrets::KubernetesRootSecret> roots =
      context.runtime.Read<secrets::KubernetesRootSecret>();
  const auto root = roots.empty() ? secrets::KubernetesRootSecret::Spec() : roots.front().spec();
  const base::WallTime now = context.clock.Now();
  ASSIGN_OR_RETURN(
      const std::string file,
      NewKubeconfig(root, KubeconfigLifetime(context.runtime.Read<config::MachineConfig>()), now));
  Gzip gzip;
  const TarEntry entry{
      .name = "kubeconfig",
      .permissions = 0600,
      .size_bytes = file.size(),
      .modified_seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()};
  common::Data data;
  data.set_bytes(gzip.Add(TarHeader(entry) + file + TarPadding(file.size()) + TarEnd()) +
                 gzip.End());
  return data;
}

}  // namespace

void AddSecretsMethods(Methods& methods) {
  const ApiContext& context = methods.context();
  methods.Unary<machine::GenerateClientConfigurationRequest>(
      "/machine.MachineService/GenerateClientConfiguration",
      [&context](const machine::GenerateClientConfigurationRequest& request) {
        return MakeClientFile(context, request);
      });
  // A stream of one message.
  methods.Unary<google::protobuf::Empty>(
      "/machine.MachineService/Kubeconfig",
      [&context](const google::protobuf::Empty&) { return MakeKubeconfig(context); });
}

}  // namespace ichor::api
