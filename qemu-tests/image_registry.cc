#include "qemu-tests/image_registry.h"

#include <chrono>
#include <filesystem>
#include <format>

#include "lib/base/status.h"
#include "qemu-tests/test_files.h"

namespace ichor::qemu {

absl::StatusOr<ImageRegistry> ImageRegistry::Start() {
  constexpr std::chrono::minutes kPatience{20};  // Kubernetes is compiled
  const std::string directory = TestDirectory() + "/registry";
  std::filesystem::create_directories(directory);
  const std::string log = directory + ".log";
  ASSIGN_OR_RETURN(
      ChildProcess child,
      ChildProcess::Start({"python3", "/ichor/tools/cluster/serve.py", directory}, log));
  ASSIGN_OR_RETURN(const std::uint16_t port, PortOf(child, log, kPatience));
  return ImageRegistry(std::move(child), port);
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
