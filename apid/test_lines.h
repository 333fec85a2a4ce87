// A call of machined that has more to say than a client reads; linked by tests only.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "lib/rpc/server.h"

namespace ichor::apid {

struct LineCounts {
  int open_calls = 0;
  std::size_t sent_bytes = 0;
};

// Sends `line` as often as the request says in decimal, "follow" without end, as the stream takes
// it. `counts` must outlive the call.
class Lines : public rpc::Call {
 public:
  Lines(rpc::Stream& stream, LineCounts& counts, std::string line);
  ~Lines() override;
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  void OnMessage(std::string message) override;
  void OnWritable() override;
  void OnEnd(const absl::Status& /*status*/) override {}

 private:
  rpc::Stream& stream_;
  LineCounts& counts_;
  const std::string line_;
  int left_ = -1;
};

}  // namespace ichor::apid
