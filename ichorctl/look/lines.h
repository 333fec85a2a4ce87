// Streams of bytes from several nodes, as lines that say whose they are.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ichorctl/nodes/nodes.h"

namespace ichor::ctl {

// Writes "NODE: LINE" for each line as soon as it is whole.
class LineWriter {
 public:
  explicit LineWriter(std::ostream& out) : out_(out) {}
  ~LineWriter();  // writes lines that were never ended
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void Write(const std::string& node, std::string_view bytes);

 private:
  std::ostream& out_;
  std::map<std::string, std::string, std::less<>> begun_;  // of each node, without its end
};

// Calls a method whose replies are common.Data at all nodes, and writes what they send as lines.
absl::Status ShowLines(Session& session, const NodeFlags& flags, const std::string& method,
                       const google::protobuf::Message& request);

}  // namespace ichor::ctl
