// The Kubernetes API over HTTPS.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "lib/http/exchange.h"
#include "lib/kube/access.h"
#include "lib/kube/api.h"

namespace ichor::kube {

// A server that is asked with a client's certificate. The connection is made with the first call,
// kept, and made anew when it broke.
class Connection : public Api {
 public:
  explicit Connection(Access access);

  absl::StatusOr<google::protobuf::Struct> Do(const Call& call) override;

 private:
  const std::string server_;
  const std::unique_ptr<http::Exchange> exchange_;
};

// What an answer with such an HTTP status means; `said` is its body, the API's Status if the server
// speaks for itself.
absl::Status StatusOfAnswer(long status, const std::string& said, const std::string& what);

}  // namespace ichor::kube
