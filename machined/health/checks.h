// Whether a cluster does what it should, one condition after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/struct.pb.h"
#include "lib/kube/api.h"
#include "lib/runtime/rows.h"
#include "machined/health/members.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"
#include "talos/resource/definitions/v1alpha1/v1alpha1.resources.h"

namespace ichor {

// What the API server says of the cluster, at one moment.
struct ClusterSight {
  absl::Status status;  // why there is nothing, or OK
  std::vector<google::protobuf::Struct> nodes;
  std::vector<google::protobuf::Struct> pods;                // of kube-system
  std::optional<google::protobuf::Struct> proxy_daemon_set;  // nothing: it is not there
  std::optional<google::protobuf::Struct> resolver;          // its Deployment
};

// Asks for all of it. Blocks.
ClusterSight LookAtCluster(kube::Api& api);

// What this machine knows, and what it saw of its cluster.
struct HealthScene {
  All<v1alpha1::Service> services;
  All<secrets::EtcdRootSecret> etcd_roots;
  All<etcd::EtcdSpec> etcd_specs;
  All<k8s::KubeletConfig> kubelets;
  All<k8s::Nodename> names;
  All<k8s::StaticPod> static_pods;
  All<k8s::BootstrapManifestsConfig> manifests;
  All<config::MachineType> types;
  All<runtime::MachineStatus> machines;
  All<runtime::Diagnostic> diagnostics;
  All<block::VolumeStatus> volumes;
  std::uint64_t memory_bytes = 0;
  std::vector<std::string> nodes;  // addresses that the client named; empty: those that are there
  std::vector<std::string> control_planes;  // those of them that are one
  MembersSight members;
  ClusterSight cluster;
};

struct Verdict {
  enum class Kind : std::uint8_t { kGood, kNotYet, kSkipped };

  Kind kind = Kind::kGood;
  std::string cause;  // of kNotYet: one, with a name in it; of kSkipped: what is not looked for
};

// A condition, and what of a scene it needs beside what this machine knows.
struct HealthCheck {
  std::string_view condition;  // "etcd to be healthy"
  Verdict (*look)(const HealthScene& scene);
  enum class Source : std::uint8_t { kMachine, kMembers, kCluster } source;
};

// In the order in which they are waited for.
std::span<const HealthCheck> HealthChecks();

// What `check` says, with the one cause that the machine knows of itself, if it knows one.
Verdict LookWith(const HealthCheck& check, const HealthScene& scene);

// The names of the cluster's nodes, for the first line.
std::string DiscoveredNodes(const HealthScene& scene);

}  // namespace ichor
