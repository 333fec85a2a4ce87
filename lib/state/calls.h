// The calls that are more than one request and one reply.
#pragma once

#include <memory>

#include "lib/rpc/stream.h"
#include "lib/state/state_service.h"

namespace ichor::state {

// What a watch with this request counts for: it keeps about the request, and what its expression
// compiles to.
size_t WeightOf(size_t request_bytes, bool has_expression);

// Sends a snapshot's resources, one a message.
std::unique_ptr<rpc::Call> NewListCall(StateService& service, rpc::Stream& stream);

// Sends events as they come, as fast as the client reads.
std::unique_ptr<rpc::Call> NewWatchCall(StateService& service, rpc::Stream& stream);

// Tears a row down and answers when it is destroyed.
std::unique_ptr<rpc::Call> NewDestroyCall(StateService& service, rpc::Stream& stream);

}  // namespace ichor::state
