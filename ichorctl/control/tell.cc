#include "ichorctl/control/tell.h"

#include <memory>

#include "lib/base/status.h"

namespace ichor::ctl {

absl::Status Tell(const NodeFlags& flags, const std::string& method,
                  const google::protobuf::Message& request, Session& session) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  return nodes->CallAll(method, request,
                        [](const std::string&, const std::string&) { return absl::OkStatus(); });
}

}  // namespace ichor::ctl
