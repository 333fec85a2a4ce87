// Passes one call on, as the bytes that it is.
#pragma once

#include <memory>
#include <string>

#include "apid/budget.h"
#include "apid/hop.h"

namespace ichor::apid {

// Passes a call of `client` on to `path` of `hop`, with `metadata`: messages, headers, status and
// trailers come back unchanged. Ends it with Unavailable if nobody is there, with ResourceExhausted
// if too much is going on. A client that breaks off breaks off the other side too. `budget` and
// `hop` must outlive the call.
std::unique_ptr<rpc::Call> PassOn(Budget& budget, Hop& hop, const std::string& path,
                                  const rpc::Metadata& metadata, rpc::Stream& client);

}  // namespace ichor::apid
