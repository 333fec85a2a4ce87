// `ichorctl read`
#include <ostream>

#include "common/common.pb.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/look/parts.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

absl::Status ReadOne(const NodeFlags& flags, const std::string& path, Session& session) {
  machine::ReadRequest request;
  request.set_path(path);
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  RETURN_IF_ERROR(nodes->CheckOne("read"));
  return AskAll<common::Data>(*nodes, MachineMethod("Read"), request,
                              [&](const std::string&, const common::Data& data) {
                                session.out << data.bytes();
                                return absl::OkStatus();
                              });
}

}  // namespace

Command ReadCommand(const SharedNodeFlags& flags) {
  return {.name = "read",
          .aliases = {"cat"},
          .summary = "Writes a file of a node to standard output",
          .flags = WithNodeFlags(flags, Maintenance::kNo),
          .arguments = {{.name = "PATH", .help = "the file"}},
          .run = [flags](Session& session, const std::vector<std::string>& arguments) {
            return ReadOne(*flags, arguments.front(), session);
          }};
}

}  // namespace ichor::ctl
