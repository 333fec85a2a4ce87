// The calls under way: one reactor each. They delete themselves when gRPC is done with them.
#pragma once

#include <memory>
#include <string>

#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/state/handlers.h"
#include "lib/state/state_service.h"

namespace ichor::state::internal {

// What all calls of a service stand on. `handlers` and `open_watches` belong to the loop's thread.
struct Shared {
  Loop& loop;
  const base::Clock& clock;
  const StateServiceOptions options;
  Handlers handlers;
  const std::string server_id;  // eight bytes in every bookmark
  size_t open_watches = 0;
};

using UnaryMethod = absl::StatusOr<std::string> (Handlers::*)(std::string_view);

// Runs `method` on the loop and answers with what it returns.
grpc::ServerUnaryReactor* StartUnary(Shared& shared, UnaryMethod method, const grpc::ByteBuffer& request,
                                     grpc::ByteBuffer* response);

// Takes a snapshot on the loop, then writes its resources, one a message, from gRPC's threads.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartList(Shared& shared, const grpc::ByteBuffer& request);

// Sends events as they come, as fast as the client reads.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartWatch(Shared& shared, const grpc::ByteBuffer& request);

// Tears a row down and answers when it is destroyed.
grpc::ServerUnaryReactor* StartTeardownAndDestroy(Shared& shared, const grpc::ByteBuffer& request,
                                                  grpc::ByteBuffer* response);

}  // namespace ichor::state::internal
