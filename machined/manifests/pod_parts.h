// What the pods of several manifests have in common.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/struct.pb.h"
#include "lib/resource/tree.h"
#include "talos/resource/definitions/k8s/k8s.pb.h"

namespace ichor {

inline constexpr const char* kRbacGroup = "rbac.authorization.k8s.io";

// The metadata of something in kube-system.
google::protobuf::Struct SystemMeta(const std::string& name);

google::protobuf::Struct ServiceAccount(const std::string& name);

// Lets a service account of kube-system do what a role may.
google::protobuf::Struct AccountBinding(const std::string& name, const std::string& role,
                                        const std::string& account);

// A pod on each node, on the node's own network, whatever taints it has: `spec` is the pod's,
// without what follows from that.
google::protobuf::Struct NodeDaemonSet(const std::string& name, const std::string& app,
                                       google::protobuf::Struct spec);

// `cpu` and `memory` are asked for unless the config says otherwise.
google::protobuf::Struct ContainerResources(
    const talos::resource::definitions::k8s::Resources& configured, const std::string& cpu,
    const std::string& memory);

// A variable of a container with the value of a field of its pod.
google::protobuf::Struct FieldVariable(const std::string& name, const std::string& path);

google::protobuf::Struct HostVolume(const std::string& name, const std::string& path);
google::protobuf::Struct ConfigVolume(const std::string& name, const std::string& config_map);
google::protobuf::Struct Mount(const std::string& volume, const std::string& path, bool read_only);

}  // namespace ichor
