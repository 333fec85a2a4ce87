#include <string>

#include "google/protobuf/empty.pb.h"
#include "lib/resource/time_proto.h"
#include "machined/api/areas.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/time/time.resources.h"
#include "time/time.pb.h"

namespace ichor::api {
namespace {

using google::protobuf::Empty;

// The server that the clock follows; empty if none is known.
std::string ServerOf(Runtime& runtime) {
  const All<network::TimeServerStatus> rows = runtime.Read<network::TimeServerStatus>();
  return rows.empty() || rows.front().spec().ntp_servers().empty()
             ? ""
             : rows.front().spec().ntp_servers(0);
}

// Asking a time server is networkd's work. While the clock is synchronized, what the server says is
// what the clock says.
absl::StatusOr<time_api::TimeResponse> Answer(const ApiContext& context, std::string server) {
  const All<time::TimeStatus> rows = context.runtime.Read<time::TimeStatus>();
  if (rows.empty() || !rows.front().spec().synced()) {
    return absl::UnavailableError("time is not in sync: there is nothing to compare with");
  }
  time_api::TimeResponse reply;
  time_api::Time& time = *reply.add_messages();
  time.set_server(std::move(server));
  *time.mutable_localtime() = ToProto(context.clock.Now());
  *time.mutable_remotetime() = time.localtime();
  return reply;
}

}  // namespace

void AddTimeMethods(Methods& methods) {
  const ApiContext& context = methods.context();
  methods.Unary<Empty>("/time.TimeService/Time", [&context](const Empty&) {
    return Answer(context, ServerOf(context.runtime));
  });
  methods.Unary<time_api::TimeRequest>(
      "/time.TimeService/TimeCheck",
      [&context](const time_api::TimeRequest& request) -> absl::StatusOr<time_api::TimeResponse> {
        std::string server = ServerOf(context.runtime);
        if (request.server() != server) {
          return absl::UnimplementedError("only the time server in use can be compared with");
        }
        return Answer(context, std::move(server));
      });
}

}  // namespace ichor::api
