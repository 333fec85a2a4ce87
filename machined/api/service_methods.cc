#include <string>
#include <utility>

#include "google/protobuf/empty.pb.h"
#include "lib/base/status.h"
#include "machine/machine.pb.h"
#include "machined/api/areas.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

// A method that asks for a change of one service, and answers with a sentence.
template <class Request, class Reply>
void AddChange(Methods& methods, const std::string& path,
               absl::StatusOr<std::string> (ServiceDirectory::*change)(std::string_view)) {
  methods.Unary<Request>(path,
                         [&services = methods.context().services,
                          change](const Request& request) -> absl::StatusOr<Reply> {
                           ASSIGN_OR_RETURN(std::string sentence, (services.*change)(request.id()));
                           Reply reply;
                           reply.add_messages()->set_resp(std::move(sentence));
                           return reply;
                         });
}

}  // namespace

void AddServiceMethods(Methods& methods) {
  methods.Unary<Empty>("/machine.MachineService/ServiceList",
                       [&services = methods.context().services](
                           const Empty&) -> absl::StatusOr<machine::ServiceListResponse> {
                         machine::ServiceListResponse reply;
                         machine::ServiceList& list = *reply.add_messages();
                         for (machine::ServiceInfo& service : services.List()) {
                           service.mutable_events();  // clients expect both to be there
                           service.mutable_health();
                           *list.add_services() = std::move(service);
                         }
                         return reply;
                       });
  AddChange<machine::ServiceStartRequest, machine::ServiceStartResponse>(
      methods, "/machine.MachineService/ServiceStart", &ServiceDirectory::Start);
  AddChange<machine::ServiceStopRequest, machine::ServiceStopResponse>(
      methods, "/machine.MachineService/ServiceStop", &ServiceDirectory::Stop);
  AddChange<machine::ServiceRestartRequest, machine::ServiceRestartResponse>(
      methods, "/machine.MachineService/ServiceRestart", &ServiceDirectory::Restart);
}

}  // namespace ichor::api
