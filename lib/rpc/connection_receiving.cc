// What a Connection receives: calls, answers, messages.
#include <nghttp2/nghttp2.h>

#include <format>
#include <utility>

#include "lib/rpc/connection.h"
#include "lib/rpc/grpc_status.h"

namespace ichor::rpc {
namespace {

constexpr size_t kMaxAuthorityBytes = 512;  // a name of 253 characters and a port
constexpr size_t kMetadataEntryBytes = 32;  // what HTTP/2 counts for a header beside its text

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
  stream.authority_ = request.authority;
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
  } else if (name == ":authority") {
    request.authority = value.substr(0, kMaxAuthorityBytes);
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
  absl::Status status = stream.reader_.Read(data, [&stream, this](std::string message) {
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

}  // namespace ichor::rpc
