// One call on a connection: what is sent, what is received, and who handles it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "lib/rpc/framing.h"

namespace ichor::rpc {

class Connection;

// The logic of one call, on either side. The connection owns it and calls it on the loop's thread;
// it is destroyed when the call is over or broken, whatever it still had in mind.
class Call {
 public:
  virtual ~Call() = default;

  // A message of the peer.
  virtual void OnMessage(std::string message) = 0;

  // All that was sent has been taken by the transport: there is room for more.
  virtual void OnWritable() {}

  // The peer sends no more. A server is told OK and may go on sending; a client is told the status
  // of the call, which is over then: Unavailable if the connection broke.
  virtual void OnEnd(const absl::Status& status) = 0;
};

// Sends for one call. Lives as long as the call. Loop's thread only.
class Stream {
 public:
  Stream(Connection& connection, std::int32_t id, size_t max_message_bytes)
      : connection_(connection), id_(id), reader_(max_message_bytes) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Queues a message. There is no limit: a sender of many waits for OnWritable while
  // buffered_bytes() is large.
  void Send(const std::string& message);
  size_t buffered_bytes() const { return queued_bytes_; }

  // For a server: ends the call with `status`, after what is queued. Later calls do nothing.
  void Finish(const absl::Status& status);

  // For a client: says that it sends no more.
  void CloseSending();

 private:
  friend class Connection;

  Connection& connection_;
  const std::int32_t id_;
  FrameReader reader_;
  std::unique_ptr<Call> call_;

  std::deque<std::string> queue_;  // framed
  size_t front_sent_ = 0;          // bytes of the first that are gone
  size_t queued_bytes_ = 0;
  bool headers_sent_ = false;
  bool closing_ = false;                // nothing comes after the queue
  std::optional<absl::Status> finish_;  // a server's, to be sent as trailers
  bool peer_done_ = false;              // OnEnd was called

  // A client's view of the trailers.
  std::string status_code_;
  std::string status_message_;
};

}  // namespace ichor::rpc
