// Where containerd finds registries: its hosts.toml files.
#pragma once

#include <map>
#include <string>

#include "talos/resource/definitions/cri/cri.resources.h"

namespace ichor {

// The directory of them all.
inline constexpr const char* kHostsDirectory = "/etc/cri/conf.d/hosts";

// The files below kHostsDirectory, by their paths from there: "docker.io/hosts.toml", and beside it
// the certificates that it names. Endpoints come in the order of the config. See hosts.md of
// containerd's documentation.
std::map<std::string, std::string> HostsFiles(const cri::RegistryConfig::Spec& registries);

// The name that is connected to for `host`: "registry-1.docker.io" for "docker.io".
std::string RegistryHost(const std::string& host);

}  // namespace ichor
