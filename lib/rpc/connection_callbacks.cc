// Connection's nghttp2 session: how it is set up, and what it calls.
#include "lib/rpc/connection_callbacks.h"

#include <string_view>

#include "absl/log/check.h"
#include "lib/rpc/http2.h"

namespace ichor::rpc {
namespace {

// Of what is sent: the peer's metadata, passed on, and our own.
constexpr size_t kMaxSentHeaderBytes = 2 * kMaxMetadataBytes;

}  // namespace

int Connection::Callbacks::OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame,
                                          void* user_data) {
  if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
    Of(user_data).BeginCall(frame->hd.stream_id);
  }
  return 0;
}

int Connection::Callbacks::OnHeader(nghttp2_session*, const nghttp2_frame* frame,
                                    nghttp2_rcbuf* name, nghttp2_rcbuf* value, std::uint8_t,
                                    void* user_data) {
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

int Connection::Callbacks::OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
    Of(user_data).Dispatch(frame->hd.stream_id);
  }
  const bool may_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
  if (may_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
    Of(user_data).OnPeerDone(frame->hd.stream_id);
  }
  return 0;
}

int Connection::Callbacks::OnFrameSent(nghttp2_session*, const nghttp2_frame* frame,
                                       void* user_data) {
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

int Connection::Callbacks::OnData(nghttp2_session*, std::uint8_t, std::int32_t id,
                                  const std::uint8_t* data, size_t size, void* user_data) {
  Of(user_data).OnData(id, View(data, size));
  return 0;
}

int Connection::Callbacks::OnStreamClose(nghttp2_session*, std::int32_t id, std::uint32_t,
                                         void* user_data) {
  Of(user_data).OnStreamClosed(id);
  return 0;
}

// NOLINTNEXTLINE(readability-function-size): the signature is nghttp2's
ssize_t Connection::Callbacks::Read(nghttp2_session*, std::int32_t id, std::uint8_t* buffer,
                                    size_t size, std::uint32_t* flags, nghttp2_data_source*,
                                    void* user_data) {
  return Of(user_data).Pull(id, buffer, size, flags);
}

nghttp2_session* Connection::Callbacks::NewSession(Connection& connection, Role role) {
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

}  // namespace ichor::rpc
