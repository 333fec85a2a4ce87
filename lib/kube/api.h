// The Kubernetes API as those see it who ask it.
#pragma once

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/struct.pb.h"

namespace ichor::kube {

struct Call {
  std::string method = "GET";
  std::string path;          // with its query: "/api/v1/nodes/n1"
  std::string content_type;  // of the body
  std::string body;
};

// Blocks: for workers. One thread at a time.
class Api {
 public:
  virtual ~Api() = default;

  // The object that answers. Errors have the server's own sentence:
  //   InvalidArgument    400, 422: an object that is not valid
  //   Unauthenticated, PermissionDenied, NotFound   401, 403, 404
  //   Aborted            409: somebody else changed it, or it is there
  //   FailedPrecondition other answers of 300 to 499; a server whose certificate is not trusted
  //   Unavailable        429, 500 and above, no connection; DeadlineExceeded: none in time
  virtual absl::StatusOr<google::protobuf::Struct> Do(const Call& call) = 0;
};

}  // namespace ichor::kube
