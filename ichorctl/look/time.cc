// `ichorctl time`
#include "ichorctl/look/ask.h"
#include "ichorctl/look/format.h"
#include "ichorctl/look/parts.h"
#include "time/time.pb.h"

namespace ichor::ctl {
namespace {

void AddRow(const std::string& node, const time_api::Time& time, Table& table) {
  table.rows.push_back({node, time.server(), LongTime(ToWallTime(time.localtime())),
                        LongTime(ToWallTime(time.remotetime()))});
}

}  // namespace

Command TimeCommand(const SharedNodeFlags& flags) {
  const auto server = std::make_shared<std::string>();
  return {.name = "time",
          .summary = "Compares the clocks of nodes with a time server's",
          .flags = WithNodeFlags(flags, Maintenance::kNo,
                                 {{.name = "check",
                                   .value = "SERVER",
                                   .help = "this server, instead of the node's own",
                                   .target = server.get()}}),
          .run = [flags, server](Session& session, const std::vector<std::string>&) {
            const Table table{.columns = {"NODE", "NTP-SERVER", "NODE-TIME", "NTP-SERVER-TIME"}};
            if (server->empty()) {
              return ShowMessages<time_api::TimeResponse>(session, *flags, "/time.TimeService/Time",
                                                          google::protobuf::Empty(), table, AddRow);
            }
            time_api::TimeRequest request;
            request.set_server(*server);
            return ShowMessages<time_api::TimeResponse>(
                session, *flags, "/time.TimeService/TimeCheck", request, table, AddRow);
          }};
}

}  // namespace ichor::ctl
