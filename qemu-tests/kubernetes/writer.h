// Who writes to a cluster all the time, and knows what the cluster took.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "qemu-tests/child_process.h"
#include "qemu-tests/kubernetes/kubectl.h"

namespace ichor::qemu {

// Makes one ConfigMap after the other, until it is destroyed.
class Writer {
 public:
  // `name` begins the names of its objects.
  static absl::StatusOr<Writer> Start(const Kubectl& kubectl, const std::string& name);

  // Blocks until the API server has taken so many. DeadlineExceeded if that takes very long.
  absl::Status Await(std::size_t objects) const;

  // What it has taken so far, such as "configmap/a-0".
  std::vector<std::string> Acknowledged() const;

 private:
  Writer(ChildProcess child, std::string log) : child_(std::move(child)), log_(std::move(log)) {}

  ChildProcess child_;
  std::string log_;
};

}  // namespace ichor::qemu
