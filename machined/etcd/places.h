// Where things of etcd are, on the node and in its containers.
#pragma once

#include <cstdint>

namespace ichor {

inline constexpr const char* kEtcdProgram = "/usr/local/bin/etcd";
inline constexpr const char* kEtcdSecrets = "/system/secrets/etcd";
inline constexpr const char* kEtcdDirectory = "/var/lib/etcd";
inline constexpr const char* kEtcdSnapshot = "/var/lib/etcd.snapshot";
// In the directory: what a snapshot is restored into.
inline constexpr const char* kRestoredName = "restored";

inline constexpr std::uint32_t kEtcdUser = 60;  // and group

}  // namespace ichor
