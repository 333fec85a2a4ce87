#include <memory>
#include <string>

#include "absl/status/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"

namespace ichor::api {
void AddContainerMethods(Methods& methods) {
  methods.Unary<machine::ContainersRequest>(
      "/machine.MachineService/Containers",
      [](const machine::ContainersRequest&) -> absl::StatusOr<machine::ContainersResponse> {
        machine::ContainersResponse reply;
        reply.add_messages();
        return reply;
      });
  methods.Unary<machine::StatsRequest>(
      "/machine.MachineService/Stats",
      [](const machine::StatsRequest&) -> absl::StatusOr<machine::StatsResponse> {
        machine::StatsResponse reply;
        reply.add_messages();
        return reply;
      });
  for (const char* path : {"/machine.MachineService/ImageList", "/machine.ImageService/List"}) {
    methods.Add(path, [](rpc::Stream& stream) { return EndedCall(stream, absl::OkStatus()); });
  }
}

}  // namespace ichor::api
