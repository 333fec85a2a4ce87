#include "lib/rpc/connection.h"

#include <nghttp2/nghttp2.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <format>
#include <utility>

#include "absl/log/check.h"
#include "lib/base/status.h"
#include "lib/rpc/grpc_status.h"

namespace ichor::rpc {
namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kOutputBytes = 256 << 10;  // frames made ahead of what the socket takes
constexpr size_t kMetadataEntryBytes = 32;  // what HTTP/2 counts for a header beside its text
// Of what is sent: the peer's metadata, passed on, and our own.
constexpr size_t kMaxSentHeaderBytes = 2 * kMaxMetadataBytes;

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

void Append(const Metadata& metadata, std::vector<nghttp2_nv>& headers) {
  for (const auto& [name, value] : metadata) {
    headers.push_back(Header(name, value));
  }
}

// Adds a header to `metadata`, and counts it in `bytes`; not if that is too much.
void AddTo(Metadata& metadata, size_t& bytes, std::string_view name, std::string_view value) {
  bytes += name.size() + value.size() + kMetadataEntryBytes;
  if (bytes <= kMaxMetadataBytes) {
    metadata.emplace_back(name, value);
  }
}

// Whether a header is the protocol's own.
bool IsOfProtocol(std::string_view name) {
  return name.starts_with(':') || name == "te" || name == "content-type" ||
         name == "content-length" || name == "grpc-status" || name == "grpc-message";
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
    Connection& connection = Of(user_data);
    if (frame->hd.type != NGHTTP2_HEADERS) {
      return 0;
    }
    if (connection.role_ == Role::kServer) {
      connection.OnHeader(frame->hd.stream_id, View(name), View(value));
    } else if (Stream* stream = connection.Find(frame->hd.stream_id); stream != nullptr) {
      OnAnswerHeader(*stream, View(name), View(value), frame->headers.cat != NGHTTP2_HCAT_RESPONSE);
    }
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

  static int OnFrameSent(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    Connection& connection = Of(user_data);
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
      connection.violation_ = nghttp2_http2_strerror(frame->goaway.error_code);
    }
    if (connection.role_ == Role::kServer && frame->hd.type == NGHTTP2_HEADERS &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      connection.OnAnswerSent(frame->hd.stream_id);
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
  static ssize_t Read(nghttp2_session*, std::int32_t id, std::uint8_t* buffer, size_t size,
                      std::uint32_t* flags, nghttp2_data_source*, void* user_data) {
    return Of(user_data).Pull(id, buffer, size, flags);
  }

  static nghttp2_session* NewSession(Connection& connection, Role role) {
    nghttp2_session_callbacks* callbacks = nullptr;
    CHECK_EQ(nghttp2_session_callbacks_new(&callbacks), 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, OnBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, OnHeader);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrame);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, OnFrameSent);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnStreamClose);
    nghttp2_option* option = nullptr;
    CHECK_EQ(nghttp2_option_new(&option), 0);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_max_send_header_block_length(option, kMaxSentHeaderBytes);
    nghttp2_session* session = nullptr;
    const auto create =
        role == Role::kServer ? nghttp2_session_server_new2 : nghttp2_session_client_new2;
    CHECK_EQ(create(&session, callbacks, &connection, option), 0);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return session;
  }
};

Connection::Connection(Loop& loop, std::unique_ptr<Transport> transport, Role role,
                       const ConnectionOptions& options, CallFactory factory,
                       std::function<void(const absl::Status&)> on_closed)
    : loop_(loop),
      transport_(std::move(transport)),
      role_(role),
      options_(options),
      factory_(std::move(factory)),
      on_closed_(std::move(on_closed)),
      session_(Callbacks::NewSession(*this, role)) {
  const std::array settings = {
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options_.max_streams},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
                             static_cast<std::uint32_t>(options_.stream_window_bytes)},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMaxMetadataBytes},
  };
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                        options_.connection_window_bytes);
  const absl::Status added = loop_.poller().Add(transport_->descriptor(), EPOLLIN,
                                                [this](std::uint32_t events) { OnReady(events); });
  CHECK(added.ok()) << added;  // it is a fresh socket
  ScheduleFlush();
}

Connection::~Connection() {
  if (!closed_) {
    loop_.poller().Remove(transport_->descriptor());
  }
  cancelled_.clear();
  streams_.clear();  // calls may look at their streams until the end
  nghttp2_session_del(session_);
}

void Connection::Open(const std::string& path, const Metadata& metadata,
                      const std::function<std::unique_ptr<Call>(Stream&)>& make_call) {
  std::vector headers = {
      Header(":method", "POST"), Header(":scheme", "http"),
      Header(":path", path),     Header(":authority", "localhost"),
      Header("te", "trailers"),  Header("content-type", "application/grpc"),
  };
  Append(metadata, headers);
  // The stream is made after its number is known, and before anything is sent.
  const auto id = static_cast<std::int32_t>(nghttp2_session_get_next_stream_id(session_));
  auto stream = std::make_unique<Stream>(*this, id, options_.max_message_bytes);
  stream->headers_sent_ = true;
  const nghttp2_data_provider provider{.source = {.ptr = nullptr},
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

void Connection::Consume(const Stream& stream, size_t size) {
  if (size > 0 && !closed_) {
    nghttp2_session_consume_stream(session_, stream.id_, size);
    ScheduleFlush();
  }
}

void Connection::Cancel(Stream& stream) {
  const auto found = streams_.find(stream.id_);
  if (found == streams_.end() || found->second.get() != &stream) {
    return;  // it is being destroyed, or was cancelled before
  }
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id_, NGHTTP2_CANCEL);
  stream.peer_done_ = true;
  received_bytes_ -= std::exchange(stream.counted_bytes_, 0);
  cancelled_.push_back(std::move(found->second));  // it may be in the middle of a callback
  streams_.erase(found);
  ScheduleFlush();
}

void Connection::OnReady(std::uint32_t events) {
  if (!established_ && !GoOnEstablishing()) {
    return;
  }
  if ((events & EPOLLOUT) != 0) {
    WaitFor(false);
  }
  if ((events & ~EPOLLOUT) != 0 && !Receive()) {
    Close(Broken());
    return;
  }
  Flush();
}

// Whether the connection stands now.
bool Connection::GoOnEstablishing() {
  const absl::StatusOr<bool> done = transport_->Establish();
  if (!done.ok()) {
    Close(done.status());
    return false;
  }
  established_ = *done;
  WaitFor(!established_ && transport_->wants_to_write());
  return established_;
}

// Waits for room to write, or no longer; for bytes always.
void Connection::WaitFor(bool room) {
  if (std::exchange(waits_for_room_, room) != room) {
    loop_.poller().Modify(transport_->descriptor(), room ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }
}

// Reads what is there. False if the peer is gone or speaks no HTTP/2.
bool Connection::Receive() {
  std::array<char, kReadBytes> buffer;
  const absl::StatusOr<size_t> size = transport_->Read(buffer.data(), buffer.size());
  if (!size.ok()) {
    return size.status().code() == absl::StatusCode::kUnavailable;
  }
  if (*size == 0) {
    return false;
  }
  const ssize_t used = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(buffer.data()), *size);
  if (used < 0) {
    violation_ = nghttp2_strerror(static_cast<int>(used));
  }
  return used >= 0;
}

absl::Status Connection::Broken() const {
  return absl::UnavailableError(violation_.empty()
                                    ? "the connection broke"
                                    : "HTTP/2 with " + peer().address + ": " + violation_);
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
  cancelled_.clear();
  if (closed_ || (!established_ && !GoOnEstablishing())) {
    return;
  }
  while (!waits_for_room_) {
    if (!FillOutput()) {
      Close(Broken());
      return;
    }
    if (output_.empty()) {
      break;
    }
    if (!WriteOutput()) {
      Close(Broken());
      return;
    }
    TellWritable();
  }
  if (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0 &&
      output_.empty()) {
    Close(Broken());
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
        transport_->Write(output_.data() + output_sent_, output_.size() - output_sent_);
    if (!size.ok()) {
      return false;
    }
    if (*size == 0) {
      WaitFor(true);
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
void Connection::Close(const absl::Status& reason) {
  if (std::exchange(closed_, true)) {
    return;
  }
  loop_.poller().Remove(transport_->descriptor());
  const auto streams = std::exchange(streams_, {});
  if (role_ == Role::kClient) {
    for (const auto& [id, stream] : streams) {
      if (!std::exchange(stream->peer_done_, true)) {
        stream->call_->OnEnd(absl::UnavailableError(reason.message()));
      }
    }
  }
  loop_.Post([weak = std::weak_ptr(self_), reason] {
    if (const std::shared_ptr<Connection*> self = weak.lock()) {
      (*self)->on_closed_(reason);
    }
  });
}

// The answer's headers; a call that ends without a message has its status in them.
void Connection::SubmitAnswer(Stream& stream) {
  std::vector headers = {Header(":status", "200"), Header("content-type", "application/grpc")};
  Append(stream.answer_headers_, headers);
  if (stream.finish_.has_value() && stream.queue_.empty()) {
    const std::string code = std::to_string(static_cast<int>(stream.finish_->code()));
    const std::string message = EncodeMessage(base::MessageOf(*stream.finish_));
    headers.push_back(Header("grpc-status", code));
    headers.push_back(Header("grpc-message", message));
    Append(stream.answer_trailers_, headers);
    nghttp2_submit_response(session_, stream.id_, headers.data(), headers.size(), nullptr);
    return;
  }
  const nghttp2_data_provider provider{.source = {.ptr = nullptr},
                                       .read_callback = Callbacks::Read};
  nghttp2_submit_response(session_, stream.id_, headers.data(), headers.size(), &provider);
}

void Connection::SubmitTrailers(Stream& stream) {
  const std::string code = std::to_string(static_cast<int>(stream.finish_->code()));
  const std::string message = EncodeMessage(base::MessageOf(*stream.finish_));
  std::vector trailers = {Header("grpc-status", code), Header("grpc-message", message)};
  Append(stream.answer_trailers_, trailers);
  nghttp2_submit_trailer(session_, stream.id_, trailers.data(), trailers.size());
}

// nghttp2 asks for at most `size` bytes of what a stream has to send.
ssize_t Connection::Pull(std::int32_t id, std::uint8_t* buffer, size_t size, std::uint32_t* flags) {
  Stream* const found = Find(id);
  if (found == nullptr) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // cancelled: nghttp2 resets the stream
  }
  Stream& stream = *found;
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
      SubmitTrailers(stream);
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
  incoming_.emplace(id, Incoming());
}

// The headers of a call are complete.
void Connection::Dispatch(std::int32_t id) {
  const auto incoming = incoming_.extract(id);
  if (incoming.empty()) {
    return;
  }
  const Incoming& request = incoming.mapped();
  Stream& stream =
      *streams_.emplace(id, std::make_unique<Stream>(*this, id, options_.max_message_bytes))
           .first->second;
  if (request.metadata_bytes > kMaxMetadataBytes) {
    stream.Finish(absl::ResourceExhaustedError(
        std::format("metadata of more than {} bytes", kMaxMetadataBytes)));
    return;
  }
  stream.headers_ = request.metadata;
  stream.call_ = factory_(request.path, stream);
  if (stream.call_ == nullptr) {
    stream.Finish(absl::UnimplementedError("unknown method " + request.path));
  }
}

void Connection::OnHeader(std::int32_t id, std::string_view name, std::string_view value) {
  const auto found = incoming_.find(id);
  if (found == incoming_.end()) {
    return;  // trailers of a request mean nothing
  }
  Incoming& request = found->second;
  if (name == ":path") {
    request.path = value;
  } else if (!IsOfProtocol(name)) {
    AddTo(request.metadata, request.metadata_bytes, name, value);
  }
}

void Connection::OnAnswerHeader(Stream& stream, std::string_view name, std::string_view value,
                                bool trailer) {
  if (name == "grpc-status") {
    stream.status_code_ = value;
  } else if (name == "grpc-message") {
    stream.status_message_ = value;
  } else if (!IsOfProtocol(name)) {
    AddTo(trailer ? stream.trailers_ : stream.headers_, stream.metadata_bytes_, name, value);
  }
}

void Connection::OnData(std::int32_t id, std::string_view data) {
  nghttp2_session_consume_connection(session_, data.size());  // one call never holds up the others
  Stream* stream = Find(id);
  if (stream == nullptr || stream->call_ == nullptr ||
      (role_ == Role::kServer && stream->closing_)) {
    nghttp2_session_consume_stream(session_, id, data.size());
    return;
  }
  const absl::Status status = Deliver(*stream, data);
  if (Find(id) != stream) {
    return;  // cancelled meanwhile
  }
  if (stream->reading_held_) {
    stream->unconsumed_bytes_ += data.size();
  } else {
    nghttp2_session_consume_stream(session_, id, data.size());
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

absl::Status Connection::Deliver(Stream& stream, std::string_view data) {
  if (stream.uses_bytes_) {
    stream.call_->OnBytes(data);
    return absl::OkStatus();
  }
  received_bytes_ -= std::exchange(stream.counted_bytes_, 0);
  const absl::Status status = stream.reader_.Read(data, [&stream, this](std::string message) {
    if (Find(stream.id_) == &stream) {
      stream.call_->OnMessage(std::move(message));
    }
  });
  if (Find(stream.id_) != &stream) {
    return absl::OkStatus();  // cancelled
  }
  stream.counted_bytes_ = stream.reader_.buffered_bytes();
  received_bytes_ += stream.counted_bytes_;
  if (status.ok() && received_bytes_ > options_.max_received_bytes) {
    return absl::ResourceExhaustedError("too many large requests at once");
  }
  return status;
}

void Connection::OnPeerDone(std::int32_t id) {
  Stream* stream = Find(id);
  if (stream == nullptr || stream->call_ == nullptr || std::exchange(stream->peer_done_, true)) {
    return;
  }
  if (role_ == Role::kServer) {
    stream->call_->OnEnd(absl::OkStatus());
    return;
  }
  if (!stream->closing_) {  // answered before all was asked: nobody reads the rest
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR);
  }
  stream->call_->OnEnd(StatusOfTrailers(stream->status_code_, stream->status_message_));
}

// For a server: what a client still sends after the answer is not waited for.
void Connection::OnAnswerSent(std::int32_t id) {
  const Stream* stream = Find(id);
  if (stream != nullptr && stream->finish_.has_value() &&
      nghttp2_session_get_stream_remote_close(session_, id) == 0) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR);
  }
}

void Connection::OnStreamClosed(std::int32_t id) {
  incoming_.erase(id);
  const auto found = streams_.find(id);
  if (found == streams_.end()) {
    return;
  }
  const std::unique_ptr<Stream> stream = std::move(found->second);
  streams_.erase(found);
  received_bytes_ -= stream->counted_bytes_;
  if (role_ == Role::kClient && !std::exchange(stream->peer_done_, true)) {
    stream->call_->OnEnd(absl::UnavailableError("the peer broke the call off"));
  }
}

Stream* Connection::Find(std::int32_t id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

}  // namespace ichor::rpc
