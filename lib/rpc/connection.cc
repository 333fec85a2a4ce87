// A Connection's life, and the bytes between its session and its transport.
#include "lib/rpc/connection.h"

#include <nghttp2/nghttp2.h>
#include <sys/epoll.h>

#include <array>
#include <utility>

#include "absl/log/check.h"
#include "lib/rpc/connection_callbacks.h"
#include "lib/rpc/http2.h"

namespace ichor::rpc {
namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kOutputBytes = 256 << 10;  // frames made ahead of what the socket takes

}  // namespace

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
  if (established_) {
    TellSettled(absl::OkStatus());
  }
  return established_;
}

void Connection::WhenSettled(std::function<void(const absl::Status&)> on_settled) {
  if (closed_ || established_) {
    on_settled(closed_ ? Broken() : absl::OkStatus());
  } else {
    on_settled_ = std::move(on_settled);
  }
}

void Connection::TellSettled(const absl::Status& status) {
  if (const auto on_settled = std::exchange(on_settled_, nullptr)) {
    on_settled(status);
  }
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

// Ends all calls, then tells the owner, who may delete this.
void Connection::Close(const absl::Status& reason) {
  if (std::exchange(closed_, true)) {
    return;
  }
  loop_.poller().Remove(transport_->descriptor());
  TellSettled(absl::UnavailableError(reason.message()));
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

Stream* Connection::Find(std::int32_t id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

}  // namespace ichor::rpc
