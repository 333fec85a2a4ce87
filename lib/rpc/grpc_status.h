// absl::Status as gRPC's trailers: the codes are the same, the message is percent-encoded.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace ichor::rpc {

// `message` with everything but printable ASCII, and with '%', as %XX. Cut to 4 KiB, since a peer
// takes only so much of headers, and errors may repeat what a client sent.
std::string EncodeMessage(std::string_view message);

// The reverse; what is no valid encoding stays as it is.
std::string DecodeMessage(std::string_view encoded);

// The status of the trailers "grpc-status" and "grpc-message". Unknown for a code that is no number
// of gRPC's.
absl::Status StatusOfTrailers(std::string_view code, std::string_view encoded_message);

}  // namespace ichor::rpc
