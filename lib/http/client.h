// Fetching over HTTP and HTTPS on the loop's own thread: libcurl's multi interface, c-ares for
// names.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"

namespace ichor::http {

struct ClientOptions {
  // The roots that servers' certificates lead to: a file of PEM, read for each fetch.
  std::string ca_file = "/etc/ssl/certs/ca-certificates.crt";
  std::string extra_cas_pem;  // beside those
  // For http:// and for https:// URLs, as curl(1) takes them; empty: http_proxy, https_proxy and
  // no_proxy of the environment decide. Redirects go by the proxy that the fetch began with.
  std::string http_proxy;
  std::string https_proxy;
  std::string no_proxy;  // hosts that are asked directly
};

struct Request {
  std::string url;  // http:// or https://
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds timeout = std::chrono::minutes(3);  // of the whole fetch
  size_t max_bytes = 4 << 20;                                   // of the body
};

struct Response {
  long status = 0;  // 200 to 299
  std::string body;
};

// Called once, on the loop, never before Get returns. Errors name the URL without its secrets:
//   InvalidArgument    a URL that is none, or of another scheme
//   NotFound           404 and 410
//   Unauthenticated, PermissionDenied, FailedPrecondition   401, 403, other answers of 300 to 499
//   Unavailable        408, 429, 500 and above; no name, no connection, a broken one
//   DeadlineExceeded   nothing whole within the timeout
//   ResourceExhausted  a body larger than `max_bytes`
//   FailedPrecondition a certificate that is not trusted; too many redirects
using Done = absl::AnyInvocable<void(absl::StatusOr<Response>)>;

// A fetch under way. Destroying it ends it, and `done` is not called. Does not outlive its client.
class Fetch {
 public:
  virtual ~Fetch() = default;
};

// Fetches keep nothing from each other but open connections: no cookies, no credentials. Loop's
// thread only; does not block, except for reading the file of roots.
class Client {
 public:
  // `loop` and `clock` outlive it.
  static absl::StatusOr<std::unique_ptr<Client>> Create(Loop& loop, const base::Clock& clock,
                                                        ClientOptions options = {});
  virtual ~Client() = default;

  // GET. Follows up to ten redirects; those of an https:// URL only to https://.
  virtual std::unique_ptr<Fetch> Get(Request request, Done done) = 0;
};

}  // namespace ichor::http
