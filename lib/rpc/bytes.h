// Messages as bytes: what a raw method receives and sends.
#pragma once

#include <string>

#include "grpcpp/support/byte_buffer.h"

namespace ichor::rpc {

// The bytes of `buffer`, copied.
std::string ToString(const grpc::ByteBuffer& buffer);

// `bytes` as a message, without a copy.
grpc::ByteBuffer ToBuffer(std::string bytes);

}  // namespace ichor::rpc
