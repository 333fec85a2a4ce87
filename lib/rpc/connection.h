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
#include "lib/base/unique_fd.h"
#include "lib/rpc/stream.h"
#include "lib/runtime/loop.h"

struct nghttp2_session;

namespace ichor::rpc {

// Makes the logic of a call to `path` ("/package.Service/Method"), or null for a method that is not
// served.
using CallFactory = std::function<std::unique_ptr<Call>(std::string_view path, Stream& stream)>;

struct ConnectionOptions {
  size_t max_message_bytes = 32 << 20;   // of one received message
  size_t max_received_bytes = 64 << 20;  // of all messages that are not complete yet
};

// Owned by a Server or Client. Everything happens on the loop's thread, in callbacks of the poller
// or tasks of the loop.
class Connection {
 public:
  enum class Role : std::uint8_t { kServer, kClient };

  // `on_closed` is called once, from the poller or a task, when the connection is over; it may
  // delete the connection.
  Connection(Loop& loop, base::UniqueFd fd, Role role, const ConnectionOptions& options,
             CallFactory factory, std::function<void()> on_closed);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // For a client: opens a call. `make_call` gets the stream to send on.
  void Open(const std::string& path,
            const std::function<std::unique_ptr<Call>(Stream&)>& make_call);

  // For a stream: it has something to send.
  void Resume(Stream& stream);

 private:
  struct Callbacks;  // nghttp2's, in C

  void OnReady(std::uint32_t events);
  bool Receive();
  void Flush();
  void ScheduleFlush();
  bool FillOutput();
  bool WriteOutput();
  void TellWritable();
  void Close();
  void SubmitAnswer(Stream& stream);
  void SubmitTrailers(std::int32_t id, const absl::Status& finish);
  ssize_t Pull(Stream& stream, std::uint8_t* buffer, size_t size, std::uint32_t* flags);
  void BeginCall(std::int32_t id);
  void Dispatch(std::int32_t id);
  void OnHeader(std::int32_t id, std::string_view name, std::string_view value);
  void OnData(std::int32_t id, std::string_view data);
  void OnPeerDone(std::int32_t id);
  void OnStreamClosed(std::int32_t id);
  Stream* Find(std::int32_t id);

  Loop& loop_;
  const base::UniqueFd fd_;
  const Role role_;
  const ConnectionOptions options_;
  const CallFactory factory_;
  const std::function<void()> on_closed_;
  // Tasks hold it weakly, and do nothing once it is gone.
  const std::shared_ptr<Connection*> self_ = std::make_shared<Connection*>(this);

  nghttp2_session* session_ = nullptr;
  absl::flat_hash_map<std::int32_t, std::unique_ptr<Stream>> streams_;
  absl::flat_hash_map<std::int32_t, std::string>
      paths_;                          // of calls whose headers are not complete yet
  std::vector<std::int32_t> drained_;  // streams whose queue became empty
  std::string output_;
  size_t output_sent_ = 0;
  size_t received_bytes_ = 0;
  bool flush_scheduled_ = false;
  bool waits_for_room_ = false;
  bool closed_ = false;
};

}  // namespace ichor::rpc
