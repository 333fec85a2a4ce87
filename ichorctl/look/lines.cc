#include "ichorctl/look/lines.h"

#include <ostream>

#include "common/common.pb.h"
#include "lib/base/status.h"

namespace ichor::ctl {

LineWriter::~LineWriter() {
  for (const auto& [node, text] : begun_) {
    if (!text.empty()) {
      out_ << node << ": " << text << '\n';
    }
  }
}

void LineWriter::Write(const std::string& node, std::string_view bytes) {
  std::string& begun = begun_[node];
  for (size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    out_ << node << ": " << begun << bytes.substr(0, end) << '\n';
    begun.clear();
    bytes.remove_prefix(end + 1);
  }
  begun += bytes;
  out_ << std::flush;
}

absl::Status ShowLines(Session& session, const NodeFlags& flags, const std::string& method,
                       const google::protobuf::Message& request) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Nodes> nodes, Nodes::Open(session, flags));
  LineWriter writer(session.out);
  return AskAll<common::Data>(*nodes, method, request,
                              [&](const std::string& node, const common::Data& data) {
                                writer.Write(node, data.bytes());
                                return absl::OkStatus();
                              });
}

}  // namespace ichor::ctl
