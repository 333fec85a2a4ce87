// What a generated config depends on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/pki/cluster/contract.h"
#include "lib/pki/cluster/secrets.h"

namespace ichor::ctl {

// A node installs itself and pulls no image; this names what it is.
std::string DefaultInstallImage();

enum class MachineType : std::uint8_t { kControlPlane, kWorker };

struct Mirror {
  std::string registry;  // "docker.io"
  std::string endpoint;  // a URL
};

struct Input {
  std::string cluster_name;
  std::string endpoint;  // of the Kubernetes API: https://host:port
  pki::ClusterSecrets secrets;
  pki::Contract contract{};
  std::string kubernetes_version{};  // "1.36.0"
  std::string dns_domain = "cluster.local";
  std::vector<std::string> additional_sans{};
  std::string install_disk = "/dev/sda";  // no installation if empty
  std::string install_image{};
  std::vector<Mirror> mirrors{};
  bool discovery = true;
  bool kubespan = false;
};

// "host" of "https://host:port/path"; empty if it has none. An IPv6 address is without brackets.
std::string HostOf(std::string_view url);

// Whether `endpoint` can be the one of a Kubernetes API. InvalidArgument with what is wrong, and
// what was probably meant.
absl::Status CheckEndpoint(std::string_view endpoint);

// Pod and service subnets: those of IPv6 if the endpoint is such an address.
std::vector<std::string> PodSubnets(const Input& input);
std::vector<std::string> ServiceSubnets(const Input& input);

}  // namespace ichor::ctl
