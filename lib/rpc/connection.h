// One HTTP/2 connection with gRPC calls on it, on a loop.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "lib/rpc/stream.h"
#include "lib/rpc/transport.h"
#include "lib/runtime/loop.h"

struct nghttp2_session;

namespace ichor::rpc {

// Makes the logic of a call to `path` ("/package.Service/Method"), or null for a method that is not
// served.
using CallFactory = std::function<std::unique_ptr<Call>(std::string_view path, Stream& stream)>;

// Of one call, names and values and 32 bytes for each; a request with more is refused.
inline constexpr size_t kMaxMetadataBytes = 64 << 10;

struct ConnectionOptions {
  size_t max_message_bytes = 32 << 20;   // of one received message
  size_t max_received_bytes = 64 << 20;  // of all messages that are not complete yet
  std::uint32_t max_streams = 20'000;    // calls of the peer at once
  // How much the peer may send ahead, on one call and on all.
  std::int32_t stream_window_bytes = 1 << 20;
  std::int32_t connection_window_bytes = 16 << 20;
};

// Owned by a Server or Client. Everything happens on the loop's thread, in callbacks of the poller
// or tasks of the loop.
class Connection {
 public:
  enum class Role : std::uint8_t { kServer, kClient };

  // `on_closed` is called once, from a task, when the connection is over, with the reason; it may
  // delete the connection.
  Connection(Loop& loop, std::unique_ptr<Transport> transport, Role role,
             const ConnectionOptions& options, CallFactory factory,
             std::function<void(const absl::Status&)> on_closed);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // For a client: opens a call. `make_call` gets the stream to send on. What is sent before the
  // connection is established waits until then.
  void Open(const std::string& path, const Metadata& metadata,
            const std::function<std::unique_ptr<Call>(Stream&)>& make_call);

  // Calls `on_settled` once, with OK when the connection is established, or with the reason why it
  // will not be; at once if that is known. It must not delete the connection.
  void WhenSettled(std::function<void(const absl::Status&)> on_settled);

  // Ends all calls with Unavailable and the words of `reason`, and the connection with them. Not to
  // be called by a call's logic.
  void Break(const absl::Status& reason) { Close(reason); }

  // Whether bytes may pass: the handshake, if there is one, is done.
  bool established() const { return established_; }
  // Whether it is over.
  bool closed() const { return closed_; }
  // Whether the peer sent what is no HTTP/2.
  bool violated() const { return !violation_.empty(); }
  // Whether no call is open.
  bool idle() const { return streams_.empty() && incoming_.empty(); }
  // The other end; complete once established.
  const Peer& peer() const { return transport_->peer(); }
  // Once it is over, as Transport::problem.
  const TlsProblem* problem() const { return transport_->problem(); }

  // The rest is for a stream.

  // It has something to send.
  void Resume(Stream& stream);
  // It has used up `size` bytes that it had held back.
  void Consume(const Stream& stream, size_t size);
  // It wants no more of the call.
  void Cancel(Stream& stream);

 private:
  struct Callbacks;  // nghttp2's, in C

  // A request whose headers are not complete yet.
  struct Incoming {
    std::string path;
    std::string authority;
    Metadata metadata;
    size_t metadata_bytes = 0;
  };

  void OnReady(std::uint32_t events);
  bool GoOnEstablishing();
  void WaitFor(bool room);
  bool Receive();
  void Flush();
  void ScheduleFlush();
  bool FillOutput();
  bool WriteOutput();
  void TellWritable();
  absl::Status Broken() const;
  void Close(const absl::Status& reason);
  void TellSettled(const absl::Status& status);
  void SubmitAnswer(Stream& stream);
  void SubmitTrailers(const Stream& stream, const absl::Status& status);
  ssize_t Pull(std::int32_t id, std::uint8_t* buffer, size_t size, std::uint32_t* flags);
  void BeginCall(std::int32_t id);
  void Dispatch(std::int32_t id);
  void OnHeader(std::int32_t id, std::string_view name, std::string_view value);
  static void OnAnswerHeader(Stream& stream, std::string_view name, std::string_view value,
                             bool trailer);
  void OnData(std::int32_t id, std::string_view data);
  absl::Status Deliver(Stream& stream, std::string_view data);
  void OnPeerDone(std::int32_t id);
  void OnAnswerSent(std::int32_t id);
  void OnStreamClosed(std::int32_t id);
  Stream* Find(std::int32_t id);

  Loop& loop_;
  const std::unique_ptr<Transport> transport_;
  const Role role_;
  const ConnectionOptions options_;
  const CallFactory factory_;
  const std::function<void(const absl::Status&)> on_closed_;
  // Tasks hold it weakly, and do nothing once it is gone.
  const std::shared_ptr<Connection*> self_ = std::make_shared<Connection*>(this);

  nghttp2_session* session_ = nullptr;
  absl::flat_hash_map<std::int32_t, std::unique_ptr<Stream>> streams_;
  absl::flat_hash_map<std::int32_t, Incoming> incoming_;
  std::vector<std::unique_ptr<Stream>> cancelled_;  // destroyed by the next flush
  std::vector<std::int32_t> drained_;               // streams whose queue became empty
  std::string output_;
  size_t output_sent_ = 0;
  size_t received_bytes_ = 0;
  std::string violation_;  // of HTTP/2, by the peer
  std::function<void(const absl::Status&)> on_settled_;
  bool flush_scheduled_ = false;
  bool waits_for_room_ = false;
  bool established_ = false;
  bool closed_ = false;
};

}  // namespace ichor::rpc
