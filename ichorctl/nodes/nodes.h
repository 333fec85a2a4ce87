// The nodes that a command is about, and calls to them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "ichorctl/cli/session.h"
#include "ichorctl/nodes/access.h"
#include "ichorctl/nodes/connect.h"
#include "ichorctl/nodes/node_flags.h"

namespace ichor::ctl {

class Nodes {
 public:
  // Takes one reply of a node. An error breaks off the call to that node.
  using Take = std::function<absl::Status(const std::string& node, const std::string& reply)>;

  // Connects: to the first endpoint that answers, or to each node by itself if they are asked
  // without certificates. `session` must outlive it. Errors as AccessOf and ConnectToOne. Blocks.
  static absl::StatusOr<std::unique_ptr<Nodes>> Open(Session& session, const NodeFlags& flags);

  // As the person named them.
  std::vector<std::string> names() const;
  const Access& access() const { return access_; }

  // InvalidArgument unless there is exactly one node; `command` is its name: "copy".
  absl::Status CheckOne(std::string_view command) const;

  // Calls `method` ("/machine.MachineService/Version") at every node at once, and gives `take`
  // each reply as it arrives, of the methods with many replies too. The error has a line for each
  // node that failed, "10.0.0.2: …", or one for a connection that all of them share, and the code
  // of the first. Blocks; runs the session's loop.
  absl::Status CallAll(const std::string& method, const google::protobuf::Message& request,
                       const Take& take);
  // The same at one of names(), without its name in the error.
  absl::Status CallOne(const std::string& node, const std::string& method,
                       const google::protobuf::Message& request, const Take& take);

  // Makes the messages of a request that is a stream; an empty one after the last.
  using Source = std::function<absl::StatusOr<std::string>()>;

  // Calls `method` at the only node (CheckOne) with what `next` makes, as fast as the node takes
  // it; errors as CallAll, and of `next`. Blocks; runs the session's loop.
  absl::Status Upload(const std::string& method, const Source& next, const Take& take);

 private:
  struct Target {
    std::string name;
    Connected connected;  // shared by all unless each has its own
    absl::Status broken;  // why there is no connection
  };

  Nodes(Session& session, Access access) : session_(session), access_(std::move(access)) {}
  absl::Status ConnectTargets();
  rpc::Client* ClientOf(const Target& target) const;
  absl::Status Explain(const Target& target, const std::string& method,
                       const absl::Status& status) const;
  std::vector<absl::Status> Call(const std::vector<const Target*>& targets,
                                 const std::string& method, const Source& next, const Take& take);
  absl::Status Merge(const std::vector<const Target*>& targets,
                     const std::vector<absl::Status>& results) const;
  std::vector<const Target*> All() const;

  Session& session_;
  const Access access_;
  Connected shared_;
  std::vector<Target> targets_;
};

// Nodes::CallAll with replies as messages.
template <class Reply>
absl::Status AskAll(Nodes& nodes, const std::string& method,
                    const google::protobuf::Message& request,
                    const std::function<absl::Status(const std::string&, const Reply&)>& take) {
  return nodes.CallAll(method, request, [&](const std::string& node, const std::string& bytes) {
    Reply reply;
    return reply.ParseFromString(bytes) ? take(node, reply)
                                        : absl::InternalError("the reply cannot be read");
  });
}

// Nodes::CallOne with replies as messages.
template <class Reply>
absl::Status AskOne(Nodes& nodes, const std::string& node, const std::string& method,
                    const google::protobuf::Message& request,
                    const std::function<absl::Status(const Reply&)>& take) {
  return nodes.CallOne(node, method, request, [&](const std::string&, const std::string& bytes) {
    Reply reply;
    return reply.ParseFromString(bytes) ? take(reply)
                                        : absl::InternalError("the reply cannot be read");
  });
}

}  // namespace ichor::ctl
