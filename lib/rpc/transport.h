// The bytes of a connection: as they are on a unix socket, through TLS on a TCP socket.
#pragma once

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"
#include "lib/rpc/metadata.h"
#include "lib/rpc/tls_problem.h"

namespace ichor::rpc {

// Never blocks. After an error of any method, none but `problem` and the destructor may be called.
class Transport {
 public:
  virtual ~Transport() = default;

  // What to wait for readiness on.
  virtual int descriptor() const = 0;

  // Goes on with making the connection: true once bytes may pass, false if the peer has to answer
  // first. An error says why there will be no connection.
  virtual absl::StatusOr<bool> Establish() = 0;
  // Whether Establish waits for room to write, too.
  virtual bool wants_to_write() const = 0;

  // As sys::ReadSome and sys::WriteSome.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
  virtual absl::StatusOr<size_t> Write(const char* data, size_t size) = 0;

  // Complete once established.
  virtual const Peer& peer() const = 0;

  // After an error: what TLS found wrong; null if that is not known, or there is no TLS.
  virtual const TlsProblem* problem() const { return nullptr; }
};

// The stream socket `fd` itself, which is connected.
std::unique_ptr<Transport> NewPlainTransport(base::UniqueFd fd);

}  // namespace ichor::rpc
