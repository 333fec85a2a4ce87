#include "lib/rpc/stream.h"

#include <utility>

#include "lib/rpc/connection.h"

namespace ichor::rpc {

const Peer& Stream::peer() const {
  return connection_.peer();
}

void Stream::Send(const std::string& message) {
  Queue(Frame(message));
}

void Stream::SendBytes(std::string bytes) {
  Queue(std::move(bytes));
}

void Stream::Queue(std::string bytes) {
  if (closing_ || bytes.empty()) {
    return;
  }
  queued_bytes_ += bytes.size();
  queue_.push_back(std::move(bytes));
  connection_.Resume(*this);
}

void Stream::SetHeaders(Metadata headers) {
  if (!headers_sent_) {
    answer_headers_ = std::move(headers);
  }
}

void Stream::Finish(const absl::Status& status, Metadata trailers) {
  if (closing_) {
    return;
  }
  closing_ = true;
  finish_ = status;
  answer_trailers_ = std::move(trailers);
  connection_.Resume(*this);
}

void Stream::CloseSending() {
  closing_ = true;
  connection_.Resume(*this);
}

void Stream::Cancel() {
  connection_.Cancel(*this);
}

void Stream::ResumeReading() {
  reading_held_ = false;
  connection_.Consume(*this, std::exchange(unconsumed_bytes_, 0));
}

}  // namespace ichor::rpc
