// Asks nodes, and lists what they say.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/empty.pb.h"
#include "ichorctl/files/table.h"
#include "ichorctl/nodes/nodes.h"
#include "lib/base/status.h"

namespace ichor::ctl {

// "/machine.MachineService/Memory"
inline std::string MachineMethod(std::string_view name) {
  return "/machine.MachineService/" + std::string(name);
}

// Calls `method` at all nodes; `take` gets each message of the replies, which are lists of them.
// What arrived counts, though other nodes failed.
template <class Reply, class Take>
absl::Status AskForMessages(Nodes& nodes, const std::string& method,
                            const google::protobuf::Message& request, const Take& take) {
  return AskAll<Reply>(nodes, method, request, [&](const std::string& node, const Reply& reply) {
    for (const auto& message : reply.messages()) {
      take(node, message);
    }
    return absl::OkStatus();
  });
}

// The same for a table: `take` adds rows. The table is shown if any node answered, or none failed.
template <class Reply, class Take>
absl::Status ShowMessages(Session& session, const NodeFlags& flags, const std::string& method,
                          const google::protobuf::Message& request, Table table, const Take& take) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  bool answered = false;
  const absl::Status status = AskForMessages<Reply>(
      *nodes, method, request, [&](const std::string& node, const auto& message) {
        answered = true;
        take(node, message, table);
      });
  if (answered || status.ok()) {
    session.out << ToText(table);
  }
  return status;
}

}  // namespace ichor::ctl
