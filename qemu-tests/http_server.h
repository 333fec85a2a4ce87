// Files that a machine fetches from the host, which it reaches as 10.0.2.2.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "qemu-tests/child_process.h"

namespace ichor::qemu {

// Serves a directory over HTTP for as long as it lives; queries do not count for what is served.
class HttpServer {
 public:
  // Blocks until it listens. An error has what the server said.
  static absl::StatusOr<HttpServer> Start(const std::string& directory);

  // How a machine whose first card is on QEMU's own network asks for `file`.
  std::string UrlOf(const std::string& file) const;

  // What was asked for so far, in order: path and query, as they came.
  std::vector<std::string> Requests() const;

 private:
  HttpServer(ChildProcess child, std::string log, std::uint16_t port)
      : child_(std::move(child)), log_(std::move(log)), port_(port) {}

  ChildProcess child_;
  std::string log_;
  std::uint16_t port_;
};

}  // namespace ichor::qemu
