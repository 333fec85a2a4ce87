// Where a call came from.
#pragma once

#include "lib/rpc/metadata.h"
#include "lib/sys/file_view.h"
#include "machined/config/apply_request.h"

namespace ichor::api {

// Who talks to the node, and at which of its addresses; empty if that is not known, as for calls of
// the node's own processes. apid says who the client is, in "ichor-peer"; the kernel's table of
// connections in `files` says the rest. A hint for sentences and for a question back, nothing more:
// any process that may call machined may say what it likes.
Caller CallerOf(const rpc::Metadata& headers, sys::FileView& files);

}  // namespace ichor::api
