// Container images for machines without internet.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "qemu-tests/child_process.h"

namespace ichor::qemu {

// A registry of the images of a test cluster (tests/cluster/), for as long as it lives.
class ImageRegistry {
 public:
  // Blocks until it listens: minutes if the images are not in the cache. An error has what was
  // said.
  static absl::StatusOr<ImageRegistry> Start();

  // For --config-patch: a node pulls from here, and has no time to keep, since there is no server
  // of it.
  std::string ConfigPatch() const;

  std::uint16_t port() const { return port_; }  // on 127.0.0.1

  // The path of a kubectl of the images' Kubernetes.
  static std::string Kubectl();

  // Nobody listens at its port from now on, and again from TurnOn() on, which blocks until then.
  void TurnOff() { child_.Kill(); }
  absl::Status TurnOn();

 private:
  ImageRegistry(ChildProcess child, std::uint16_t port) : child_(std::move(child)), port_(port) {}

  ChildProcess child_;
  std::uint16_t port_;
};

}  // namespace ichor::qemu
