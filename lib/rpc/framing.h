// Messages in a byte stream, as gRPC frames them: a flag byte, four bytes of length, the message.
// See the "gRPC over HTTP2" protocol description.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace ichor::rpc {

// `message` with its prefix.
std::string Frame(std::string_view message);

// Puts messages together from pieces of a stream.
class FrameReader {
 public:
  // A message may have at most `limit_bytes`.
  explicit FrameReader(size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // Takes the next bytes, and calls `on_message` for each message that they complete.
  // ResourceExhausted for a message over the limit, as soon as its length is known; Unimplemented
  // for a compressed one. Not to be called again after an error.
  absl::Status Read(std::string_view bytes, const std::function<void(std::string)>& on_message);

  // Whether the stream stands between two messages.
  bool at_boundary() const { return pending_.empty(); }
  size_t buffered_bytes() const { return pending_.size(); }

 private:
  // Moves bytes from the front of `bytes` until `pending_` has `size`. False if there are too few.
  bool FillTo(size_t size, std::string_view& bytes);
  absl::Status CheckPrefix() const;
  size_t MessageBytes() const;

  const size_t limit_bytes_;
  std::string pending_;  // a message that is not complete, with its prefix
};

}  // namespace ichor::rpc
