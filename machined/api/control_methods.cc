#include <string>
#include <utility>

#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"

namespace ichor::api {

void AddControlMethods(Methods& methods) {
  MachineControl& control = methods.context().control;
  methods.Unary<machine::RebootRequest>(
      "/machine.MachineService/Reboot",
      [&control](const machine::RebootRequest& request) -> absl::StatusOr<machine::RebootResponse> {
        ASSIGN_OR_RETURN(std::string actor_id, control.Reboot(request.mode()));
        machine::RebootResponse reply;
        reply.add_messages()->set_actor_id(std::move(actor_id));
        return reply;
      });
  methods.Unary<machine::ResetRequest>(
      "/machine.MachineService/Reset",
      [&control](const machine::ResetRequest& request) -> absl::StatusOr<machine::ResetResponse> {
        ASSIGN_OR_RETURN(std::string actor_id, control.Reset(request));
        machine::ResetResponse reply;
        reply.add_messages()->set_actor_id(std::move(actor_id));
        return reply;
      });
  methods.Unary<machine::ShutdownRequest>(
      "/machine.MachineService/Shutdown",
      [&control](
          const machine::ShutdownRequest& request) -> absl::StatusOr<machine::ShutdownResponse> {
        ASSIGN_OR_RETURN(std::string actor_id, control.Shutdown(request.force()));
        machine::ShutdownResponse reply;
        reply.add_messages()->set_actor_id(std::move(actor_id));
        return reply;
      });
}

}  // namespace ichor::api
