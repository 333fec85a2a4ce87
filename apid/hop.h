// Whom calls are passed on to.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "lib/rpc/metadata.h"
#include "lib/rpc/stream.h"

namespace ichor::apid {

// machined of this node, or apid of another one. Lives as long as it has calls. Loop's thread only.
class Hop {
 public:
  using MakeCall = std::function<std::unique_ptr<rpc::Call>(rpc::Stream&)>;

  Hop() = default;
  Hop(const Hop&) = delete;
  Hop& operator=(const Hop&) = delete;
  virtual ~Hop() = default;

  // Opens a call, as rpc::Client::Open: if there is no connection any more, the call ends at once
  // or later. Unavailable, without a call, if there cannot be one.
  virtual absl::Status Open(const std::string& path, const rpc::Metadata& metadata,
                            const MakeCall& make_call) = 0;

  // For a call of this hop that ends with `status`: what its caller shall hear.
  virtual absl::Status Explain(const absl::Status& status) const = 0;
};

}  // namespace ichor::apid
