// TLS under a connection: what each side shows and asks for. See docs/decisions/0002.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/unique_fd.h"
#include "lib/rpc/transport.h"

namespace ichor::rpc {

// Everything that the connections of one side have in common: TLS 1.2 or later, HTTP/2 by ALPN, no
// session tickets, no renegotiation. Cannot be changed; connections keep the one that they began
// with.
class TlsContext;

struct TlsServerOptions {
  std::string certificate_pem;  // and those that lead to its CA, in order
  std::string key_pem;
  // If set, a client must show a certificate that one of these signed, and each certificate on the
  // way that is no CA's must be for client authentication, and nothing else.
  std::string client_cas_pem;
};

// InvalidArgument for PEM that is none, or a key of another certificate.
absl::StatusOr<std::shared_ptr<const TlsContext>> NewTlsServerContext(
    const TlsServerOptions& options);

// How a client knows that the server is the right one.
enum class TlsTrust : std::uint8_t {
  kAnybody,      // it does not
  kCa,           // `server_name` is in a certificate that `cas_pem` signed
  kFingerprint,  // the public key's is one of these, as pki::Certificate::Fingerprint
};

struct TlsClientOptions {
  TlsTrust trust = TlsTrust::kCa;
  std::string server_name;  // a DNS name or an IP address
  std::string cas_pem;
  std::vector<std::string> fingerprints{};
  std::string certificate_pem;  // shown if the server asks; none if empty
  std::string key_pem;
};

absl::StatusOr<std::shared_ptr<const TlsContext>> NewTlsClientContext(
    const TlsClientOptions& options);

// TLS on the TCP socket `fd`, as server or client, as `context` is. Its errors say what the matter
// was: "TLS with 10.0.0.1:4711: unsupported protocol". Cancelled for a client that left without a
// word, as one does that only looks whether somebody listens.
std::unique_ptr<Transport> NewTlsTransport(base::UniqueFd fd,
                                           std::shared_ptr<const TlsContext> context);

}  // namespace ichor::rpc
