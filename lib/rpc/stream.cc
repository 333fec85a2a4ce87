#include "lib/rpc/stream.h"

#include "lib/rpc/connection.h"

namespace ichor::rpc {

void Stream::Send(const std::string& message) {
  if (closing_) {
    return;
  }
  queue_.push_back(Frame(message));
  queued_bytes_ += queue_.back().size();
  connection_.Resume(*this);
}

void Stream::Finish(const absl::Status& status) {
  if (closing_) {
    return;
  }
  closing_ = true;
  finish_ = status;
  connection_.Resume(*this);
}

void Stream::CloseSending() {
  closing_ = true;
  connection_.Resume(*this);
}

}  // namespace ichor::rpc
