#include "apid/test_lines.h"

#include <utility>

namespace ichor::apid {

Lines::Lines(rpc::Stream& stream, LineCounts& counts, std::string line)
    : stream_(stream), counts_(counts), line_(std::move(line)) {
  ++counts_.open_calls;
}

Lines::~Lines() {
  --counts_.open_calls;
}

void Lines::OnMessage(std::string message) {
  left_ = message == "follow" ? -1 : std::stoi(message);
  OnWritable();
}

void Lines::OnWritable() {
  for (; left_ != 0 && stream_.buffered_bytes() < 4096; --left_) {
    stream_.Send(line_);
    counts_.sent_bytes += line_.size();
  }
  if (left_ == 0) {
    stream_.Finish(absl::OkStatus());
  }
}

}  // namespace ichor::apid
