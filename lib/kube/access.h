// Who asks an API server, and where it is: what a kubeconfig says.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"

namespace ichor::kube {

struct Access {
  std::string server;  // "https://127.0.0.1:6443"
  std::string ca_pem;
  std::string certificate_pem;  // of the client
  std::string key_pem;
  std::string at{};  // as http::Peer's

  bool operator==(const Access&) const = default;
};

// Reads a file that a kubeconfig names.
using ReadText = std::function<absl::StatusOr<std::string>(const std::string& path)>;

// The access that the current context of a kubeconfig gives: CA, certificate and key may stand in
// it, or in files that it names. InvalidArgument for what is no kubeconfig, and without a client's
// certificate; the errors of `read`. Neither has a secret in its message.
absl::StatusOr<Access> AccessOfKubeconfig(const std::string& kubeconfig, const ReadText& read);

}  // namespace ichor::kube
