// What a Connection sends: calls, answers, messages.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/status.h"
#include "lib/rpc/connection_callbacks.h"
#include "lib/rpc/grpc_status.h"
#include "lib/rpc/http2.h"

namespace ichor::rpc {

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
    // Fails if nothing was deferred: then it is being read anyway.
    nghttp2_session_resume_data(session_, stream.id_);
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

void Connection::SubmitTrailers(const Stream& stream, const absl::Status& status) {
  const std::string code = std::to_string(static_cast<int>(status.code()));
  const std::string message = EncodeMessage(base::MessageOf(status));
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
      SubmitTrailers(stream, *stream.finish_);
    }
    return static_cast<ssize_t>(filled);
  }
  if (filled == 0) {
    return NGHTTP2_ERR_DEFERRED;
  }
  drained_.push_back(stream.id_);
  return static_cast<ssize_t>(filled);
}

void Connection::TellWritable() {
  for (const std::int32_t id : std::exchange(drained_, {})) {
    if (Stream* stream = Find(id);
        stream != nullptr && !stream->closing_ && stream->queue_.empty()) {
      stream->call_->OnWritable();
    }
  }
}

}  // namespace ichor::rpc
