// One call on a connection: what is sent, what is received, and who handles it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "lib/rpc/framing.h"
#include "lib/rpc/metadata.h"

namespace ichor::rpc {

class Connection;

// The logic of one call, on either side. The connection owns it and calls it on the loop's thread;
// it is destroyed when the call is over or broken, whatever it still had in mind.
class Call {
 public:
  virtual ~Call() = default;

  // A message of the peer.
  virtual void OnMessage(std::string message) = 0;

  // In place of OnMessage, for a stream of bytes: the next ones, as they came.
  virtual void OnBytes(std::string_view /*bytes*/) {}

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

  // What came before the messages: for a server the request's metadata, complete when the call is
  // made; for a client the answer's, complete with its first message or its end.
  const Metadata& headers() const { return headers_; }
  // For a client: what came after the messages; complete at the end.
  const Metadata& trailers() const { return trailers_; }
  const Peer& peer() const;
  // For a server: whom the client believes to call, as ":authority" says; empty if it does not.
  const std::string& authority() const { return authority_; }

  // Queues a message. There is no limit: a sender of many waits for OnWritable while
  // buffered_bytes() is large.
  void Send(const std::string& message);
  size_t buffered_bytes() const { return queued_bytes_; }

  // For those who pass calls on: from when the call is made, its bytes are not put together to
  // messages, but come as OnBytes, and go with SendBytes.
  void UseBytes() { uses_bytes_ = true; }
  void SendBytes(std::string bytes);

  // For a server: metadata of the answer, before anything is sent. Later calls do nothing.
  void SetHeaders(Metadata headers);

  // For a server: ends the call with `status`, after what is queued. Later calls do nothing.
  void Finish(const absl::Status& status, Metadata trailers = {});

  // For a client: says that it sends no more.
  void CloseSending();

  // For a client: breaks the call off. Its logic hears nothing more, and is destroyed soon.
  void Cancel();

  // Lets the peer send no more than what fits into the stream's window, until ResumeReading.
  void HoldReading() { reading_held_ = true; }
  void ResumeReading();

 private:
  friend class Connection;

  void Queue(std::string bytes);

  Connection& connection_;
  const std::int32_t id_;
  FrameReader reader_;
  std::unique_ptr<Call> call_;
  Metadata headers_;
  std::string authority_;
  size_t metadata_bytes_ = 0;  // of what the peer sent
  size_t counted_bytes_ = 0;   // what the connection counts for messages that are not complete

  bool uses_bytes_ = false;
  bool reading_held_ = false;
  size_t unconsumed_bytes_ = 0;  // received while reading is held

  std::deque<std::string> queue_;  // framed
  size_t front_sent_ = 0;          // bytes of the first that are gone
  size_t queued_bytes_ = 0;
  bool headers_sent_ = false;
  bool closing_ = false;                // nothing comes after the queue
  std::optional<absl::Status> finish_;  // a server's, to be sent as trailers
  bool peer_done_ = false;              // OnEnd was called
  Metadata answer_headers_;             // a server's
  Metadata answer_trailers_;

  // A client's view of the trailers.
  Metadata trailers_;
  std::string status_code_;
  std::string status_message_;
};

}  // namespace ichor::rpc
