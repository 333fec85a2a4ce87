// Certificates for workers, over the network.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/rpc/server.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor::trustd {

// Serves securityapi.SecurityService with TLS, while there are a certificate to show and a CA to
// sign with. Clients show no certificate, but the machine token. Loop's thread only.
class Authority {
 public:
  // Registers itself with `runtime`, whose actuators must run on the loop's thread. All must
  // outlive the authority. `address` as sys::ListenTcp.
  Authority(Loop& loop, Runtime& runtime, const base::Clock& clock, std::string address = ":50001");
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  // The port that it listens on; Unavailable if it does not.
  absl::StatusOr<std::uint16_t> Port() const;

 private:
  absl::Status Apply(const All<secrets::TrustdCertificate>& certificates,
                     const All<secrets::OSRootSecret>& roots);
  absl::StatusOr<std::string> Certificate(const rpc::Stream& stream,
                                          std::string_view request) const;

  Loop& loop_;
  const base::Clock& clock_;
  const std::string address_;
  secrets::OSRootSecret::Spec root_;
  std::unique_ptr<rpc::Server> server_;  // last: its calls use all of these
};

}  // namespace ichor::trustd
