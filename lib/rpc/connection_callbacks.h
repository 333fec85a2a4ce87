// What nghttp2 calls for a Connection, in C.
#pragma once

#include <nghttp2/nghttp2.h>
#include <sys/types.h>

#include <cstdint>

#include "lib/rpc/connection.h"

namespace ichor::rpc {

// Each finds the connection in its last argument and hands over.
struct Connection::Callbacks {
  // A session that calls these for `connection`, which must outlive it. The caller deletes it.
  static nghttp2_session* NewSession(Connection& connection, Role role);

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user_data);
  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name,
                      nghttp2_rcbuf* value, std::uint8_t, void* user_data);
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* user_data);
  static int OnFrameSent(nghttp2_session*, const nghttp2_frame* frame, void* user_data);
  static int OnData(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                    size_t size, void* user_data);
  static int OnStreamClose(nghttp2_session*, std::int32_t id, std::uint32_t, void* user_data);
  // NOLINTNEXTLINE(readability-function-size): the signature is nghttp2's
  static ssize_t Read(nghttp2_session*, std::int32_t id, std::uint8_t* buffer, size_t size,
                      std::uint32_t* flags, nghttp2_data_source*, void* user_data);

 private:
  static Connection& Of(void* user_data) { return *static_cast<Connection*>(user_data); }
};

}  // namespace ichor::rpc
