#include "lib/rpc/connection.h"

#include <nghttp2/nghttp2.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/log/check.h"
#include "lib/base/status.h"
#include "lib/rpc/grpc_status.h"
#include "lib/sys/unix_socket.h"

namespace ichor::rpc {
namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kOutputBytes = 256 << 10;  // frames made ahead of what the socket takes
constexpr std::uint32_t kMaxStreams = 20'000;
constexpr std::int32_t kStreamWindowBytes = 1 << 20;
constexpr std::int32_t kConnectionWindowBytes = 16 << 20;

nghttp2_nv Header(std::string_view name, std::string_view value) {
  return {.name = reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
          .value = reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())),
          .namelen = name.size(),
          .valuelen = value.size(),
          .flags = NGHTTP2_NV_FLAG_NONE};
}

std::string_view View(const std::uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

std::string_view View(nghttp2_rcbuf* buffer) {
  const nghttp2_vec bytes = nghttp2_rcbuf_get_buf(buffer);
  return View(bytes.base, bytes.len);
}

}  // namespace

// Each finds the connection in its last argument and hands over.
struct Connection::Callbacks {
  static Connection& Of(void* user_data) { return *static_cast<Connection*>(user_data); }

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      Of(user_data).BeginCall(frame->hd.stream_id);
    }
    return 0;
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name,
                      nghttp2_rcbuf* value, std::uint8_t, void* user_data) {
    Of(user_data).OnHeader(frame->hd.stream_id, View(name), View(value));
    return 0;
  }

  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      Of(user_data).Dispatch(frame->hd.stream_id);
    }
    const bool may_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (may_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      Of(user_data).OnPeerDone(frame->hd.stream_id);
    }
    return 0;
  }

  static int OnData(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                    size_t size, void* user_data) {
    Of(user_data).OnData(id, View(data, size));
    return 0;
  }

  static int OnStreamClose(nghttp2_session*, std::int32_t id, std::uint32_t, void* user_data) {
    Of(user_data).OnStreamClosed(id);
    return 0;
  }

  // NOLINTNEXTLINE(readability-function-size): the signature is nghttp2's
  static ssize_t Read(nghttp2_session*, std::int32_t, std::uint8_t* buffer, size_t size,
                      std::uint32_t* flags, nghttp2_data_source* source, void* user_data) {
    return Of(user_data).Pull(*static_cast<Stream*>(source->ptr), buffer, size, flags);
  }

  static nghttp2_session* NewSession(Connection& connection, Role role) {
    nghttp2_session_callbacks* callbacks = nullptr;
    CHECK_EQ(nghttp2_session_callbacks_new(&callbacks), 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, OnBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, OnHeader);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnStreamClose);
    nghttp2_session* session = nullptr;
    CHECK_EQ(role == Role::kServer ? nghttp2_session_server_new(&session, callbacks, &connection)
                                   : nghttp2_session_client_new(&session, callbacks, &connection),
             0);
    nghttp2_session_callbacks_del(callbacks);
    return session;
  }
};

Connection::Connection(Loop& loop, base::UniqueFd fd, Role role, const ConnectionOptions& options,
                       CallFactory factory, std::function<void()> on_closed)
    : loop_(loop),
      fd_(std::move(fd)),
      role_(role),
      options_(options),
      factory_(std::move(factory)),
      on_closed_(std::move(on_closed)),
      session_(Callbacks::NewSession(*this, role)) {
  const std::array settings = {
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kMaxStreams},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindowBytes},
  };
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kConnectionWindowBytes);
  const absl::Status added =
      loop_.poller().Add(fd_.get(), EPOLLIN, [this](std::uint32_t events) { OnReady(events); });
  CHECK(added.ok()) << added;  // it is a fresh socket
  ScheduleFlush();
}

Connection::~Connection() {
  if (!closed_) {
    loop_.poller().Remove(fd_.get());
  }
  streams_.clear();  // calls may look at their streams until the end
  nghttp2_session_del(session_);
}

void Connection::Open(const std::string& path,
                      const std::function<std::unique_ptr<Call>(Stream&)>& make_call) {
  const std::array headers = {
      Header(":method", "POST"), Header(":scheme", "http"),
      Header(":path", path),     Header(":authority", "localhost"),
      Header("te", "trailers"),  Header("content-type", "application/grpc"),
  };
  // The stream is made after its number is known, and before anything is sent.
  const auto id = static_cast<std::int32_t>(nghttp2_session_get_next_stream_id(session_));
  auto stream = std::make_unique<Stream>(*this, id, options_.max_message_bytes);
  stream->headers_sent_ = true;
  const nghttp2_data_provider provider{.source = {.ptr = stream.get()},
                                       .read_callback = Callbacks::Read};
  const std::int32_t submitted =
      nghttp2_submit_request(session_, nullptr, headers.data(), headers.size(), &provider, nullptr);
  Stream& opened = *streams_.emplace(id, std::move(stream)).first->second;
  opened.call_ = make_call(opened);
  if (submitted != id || closed_) {
    opened.peer_done_ = true;
    opened.call_->OnEnd(absl::UnavailableError("the connection is closed"));
    streams_.erase(id);
  }
  ScheduleFlush();
}

void Connection::Resume(Stream& stream) {
  if (role_ == Role::kServer && !stream.headers_sent_) {
    stream.headers_sent_ = true;
    SubmitAnswer(stream);
  } else {
    nghttp2_session_resume_data(
        session_, stream.id_);  // fails if nothing was deferred: then it is being read anyway
  }
  ScheduleFlush();
}

void Connection::OnReady(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    waits_for_room_ = false;
    loop_.poller().Modify(fd_.get(), EPOLLIN);
  }
  if ((events & ~EPOLLOUT) != 0 && !Receive()) {
    Close();
    return;
  }
  Flush();
}

// Reads what is there. False if the peer is gone or speaks no HTTP/2.
bool Connection::Receive() {
  std::array<char, kReadBytes> buffer;
  const absl::StatusOr<size_t> size = sys::ReadSome(fd_.get(), buffer.data(), buffer.size());
  if (!size.ok()) {
    return size.status().code() == absl::StatusCode::kUnavailable;
  }
  return *size > 0 &&
         nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(buffer.data()),
                                  *size) >= 0;
}

void Connection::ScheduleFlush() {
  if (!std::exchange(flush_scheduled_, true)) {
    loop_.Post([weak = std::weak_ptr(self_)] {
      if (const std::shared_ptr<Connection*> self = weak.lock()) {
        (*self)->Flush();
      }
    });
  }
}

// Sends as much as the socket takes, asking the calls for more as long as there is room.
void Connection::Flush() {
  flush_scheduled_ = false;
  if (closed_) {
    return;
  }
  while (!waits_for_room_) {
    if (!FillOutput()) {
      Close();
      return;
    }
    if (output_.empty()) {
      break;
    }
    if (!WriteOutput()) {
      Close();
      return;
    }
    TellWritable();
  }
  if (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0 &&
      output_.empty()) {
    Close();
  }
}

bool Connection::FillOutput() {
  while (output_.size() - output_sent_ < kOutputBytes) {
    const std::uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &data);
    if (size <= 0) {
      return size == 0;
    }
    output_.append(View(data, static_cast<size_t>(size)));
  }
  return true;
}

// False if the peer is gone.
bool Connection::WriteOutput() {
  while (output_sent_ < output_.size()) {
    const absl::StatusOr<size_t> size =
        sys::WriteSome(fd_.get(), output_.data() + output_sent_, output_.size() - output_sent_);
    if (!size.ok()) {
      return false;
    }
    if (*size == 0) {
      waits_for_room_ = true;
      loop_.poller().Modify(fd_.get(), EPOLLIN | EPOLLOUT);
      return true;
    }
    output_sent_ += *size;
  }
  output_.clear();
  output_sent_ = 0;
  return true;
}

void Connection::TellWritable() {
  for (const std::int32_t id : std::exchange(drained_, {})) {
    if (Stream* stream = Find(id);
        stream != nullptr && !stream->closing_ && stream->queue_.empty()) {
      stream->call_->OnWritable();
    }
  }
}

// Ends all calls, then tells the owner, who may delete this.
void Connection::Close() {
  if (std::exchange(closed_, true)) {
    return;
  }
  loop_.poller().Remove(fd_.get());
  const auto streams = std::exchange(streams_, {});
  if (role_ == Role::kClient) {
    for (const auto& [id, stream] : streams) {
      if (!std::exchange(stream->peer_done_, true)) {
        stream->call_->OnEnd(absl::UnavailableError("the connection broke"));
      }
    }
  }
  loop_.Post([weak = std::weak_ptr(self_)] {
    if (const std::shared_ptr<Connection*> self = weak.lock()) {
      (*self)->on_closed_();
    }
  });
}

// The answer's headers; a call that ends without a message has its status in them.
void Connection::SubmitAnswer(Stream& stream) {
  if (stream.finish_.has_value() && stream.queue_.empty()) {
    const std::string code = std::to_string(static_cast<int>(stream.finish_->code()));
    const std::string message = EncodeMessage(base::MessageOf(*stream.finish_));
    const std::array headers = {Header(":status", "200"),
                                Header("content-type", "application/grpc"),
                                Header("grpc-status", code), Header("grpc-message", message)};
    nghttp2_submit_response(session_, stream.id_, headers.data(), headers.size(), nullptr);
    return;
  }
  const std::array headers = {Header(":status", "200"), Header("content-type", "application/grpc")};
  const nghttp2_data_provider provider{.source = {.ptr = &stream},
                                       .read_callback = Callbacks::Read};
  nghttp2_submit_response(session_, stream.id_, headers.data(), headers.size(), &provider);
}

void Connection::SubmitTrailers(std::int32_t id, const absl::Status& finish) {
  const std::string code = std::to_string(static_cast<int>(finish.code()));
  const std::string message = EncodeMessage(base::MessageOf(finish));
  const std::array trailers = {Header("grpc-status", code), Header("grpc-message", message)};
  nghttp2_submit_trailer(session_, id, trailers.data(), trailers.size());
}

// nghttp2 asks for at most `size` bytes of what `stream` has to send.
ssize_t Connection::Pull(Stream& stream, std::uint8_t* buffer, size_t size, std::uint32_t* flags) {
  size_t filled = 0;
  while (filled < size && !stream.queue_.empty()) {
    const std::string& front = stream.queue_.front();
    const size_t count = std::min(size - filled, front.size() - stream.front_sent_);
    std::copy_n(front.data() + stream.front_sent_, count, buffer + filled);
    filled += count;
    stream.front_sent_ += count;
    if (stream.front_sent_ == front.size()) {
      stream.queue_.pop_front();
      stream.front_sent_ = 0;
    }
  }
  stream.queued_bytes_ -= filled;
  if (!stream.queue_.empty()) {
    return static_cast<ssize_t>(filled);
  }
  if (stream.closing_) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream.finish_.has_value()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      SubmitTrailers(stream.id_, *stream.finish_);
    }
    return static_cast<ssize_t>(filled);
  }
  if (filled == 0) {
    return NGHTTP2_ERR_DEFERRED;
  }
  drained_.push_back(stream.id_);
  return static_cast<ssize_t>(filled);
}

void Connection::BeginCall(std::int32_t id) {
  paths_.emplace(id, "");
}

// The headers of a call are complete.
void Connection::Dispatch(std::int32_t id) {
  const std::string path = std::move(paths_.extract(id).mapped());
  Stream& stream =
      *streams_.emplace(id, std::make_unique<Stream>(*this, id, options_.max_message_bytes))
           .first->second;
  stream.call_ = factory_(path, stream);
  if (stream.call_ == nullptr) {
    stream.Finish(absl::UnimplementedError("unknown method " + path));
  }
}

void Connection::OnHeader(std::int32_t id, std::string_view name, std::string_view value) {
  if (const auto path = paths_.find(id); path != paths_.end()) {
    if (name == ":path") {
      path->second = value;
    }
    return;
  }
  Stream* stream = Find(id);
  if (stream != nullptr && name == "grpc-status") {
    stream->status_code_ = value;
  } else if (stream != nullptr && name == "grpc-message") {
    stream->status_message_ = value;
  }
}

void Connection::OnData(std::int32_t id, std::string_view data) {
  Stream* stream = Find(id);
  if (stream == nullptr || stream->call_ == nullptr ||
      (role_ == Role::kServer && stream->closing_)) {
    return;
  }
  received_bytes_ -= stream->reader_.buffered_bytes();
  absl::Status status = stream->reader_.Read(
      data, [&](std::string message) { stream->call_->OnMessage(std::move(message)); });
  received_bytes_ += stream->reader_.buffered_bytes();
  if (status.ok() && received_bytes_ > options_.max_received_bytes) {
    status = absl::ResourceExhaustedError("too many large requests at once");
  }
  if (status.ok()) {
    return;
  }
  if (role_ == Role::kServer) {
    stream->Finish(status);
  } else {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    if (!std::exchange(stream->peer_done_, true)) {
      stream->call_->OnEnd(status);
    }
  }
}

void Connection::OnPeerDone(std::int32_t id) {
  Stream* stream = Find(id);
  if (stream == nullptr || stream->call_ == nullptr || std::exchange(stream->peer_done_, true)) {
    return;
  }
  stream->call_->OnEnd(role_ == Role::kServer
                           ? absl::OkStatus()
                           : StatusOfTrailers(stream->status_code_, stream->status_message_));
}

void Connection::OnStreamClosed(std::int32_t id) {
  paths_.erase(id);
  const auto found = streams_.find(id);
  if (found == streams_.end()) {
    return;
  }
  const std::unique_ptr<Stream> stream = std::move(found->second);
  streams_.erase(found);
  received_bytes_ -= stream->reader_.buffered_bytes();
  if (role_ == Role::kClient && !std::exchange(stream->peer_done_, true)) {
    stream->call_->OnEnd(absl::UnavailableError("the peer broke the call off"));
  }
}

Stream* Connection::Find(std::int32_t id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

}  // namespace ichor::rpc
