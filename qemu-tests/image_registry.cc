#include "qemu-tests/image_registry.h"

#include <chrono>
#include <filesystem>
#include <format>
#include <string_view>

#include "lib/base/status.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {

namespace {

constexpr std::string_view kBeforePort = "listening on 127.0.0.1:";  // as docker-registry says it

std::string Directory() {
  return TestDirectory() + "/registry";
}

}  // namespace

absl::StatusOr<ImageRegistry> ImageRegistry::Start() {
  constexpr std::chrono::minutes kPatience{20};  // Kubernetes is compiled
  std::filesystem::create_directories(Directory());
  const std::string log = Directory() + ".log";
  ASSIGN_OR_RETURN(
      ChildProcess child,
      ChildProcess::Start({"python3", "/ichor/tools/cluster/serve.py", Directory()}, log));
  ASSIGN_OR_RETURN(const std::uint16_t port, PortOf(child, log, kBeforePort, kPatience));
  return ImageRegistry(std::move(child), port);
}

std::string ImageRegistry::Kubectl() {
  return Directory() + "/kubectl";
}

absl::Status ImageRegistry::TurnOn() {
  const std::string log = Directory() + "-again.log";
  std::filesystem::remove(log);
  ASSIGN_OR_RETURN(child_, ChildProcess::Start({"python3", "/ichor/tools/cluster/serve.py",
                                                Directory(), std::format("{}", port_)},
                                               log));
  return PortOf(child_, log, kBeforePort).status();
}

std::string ImageRegistry::ConfigPatch() const {
  std::string patch = "apiVersion: v1alpha1\nkind: TimeSyncConfig\nenabled: false\n";
  for (const char* const host : {"docker.io", "ghcr.io", "registry.k8s.io"}) {
    patch += std::format(
        "---\napiVersion: v1alpha1\nkind: RegistryMirrorConfig\nname: {}\n"
        "endpoints:\n  - url: http://10.0.2.2:{}\n",
        host, port_);
  }
  return patch;
}

}  // namespace ichor::qemu
