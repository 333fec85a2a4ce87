#include "machined/manifests/pod_parts.h"

#include <map>
#include <utility>

namespace ichor {

using google::protobuf::Struct;

Struct SystemMeta(const std::string& name) {
  return Object({{"name", name}, {"namespace", "kube-system"}});
}

Struct ServiceAccount(const std::string& name) {
  return Object({{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", SystemMeta(name)}});
}

Struct AccountBinding(const std::string& name, const std::string& role,
                      const std::string& account) {
  return Object(
      {{"apiVersion", std::string(kRbacGroup) + "/v1"},
       {"kind", "ClusterRoleBinding"},
       {"metadata", Object({{"name", name}})},
       {"roleRef", Object({{"apiGroup", kRbacGroup}, {"kind", "ClusterRole"}, {"name", role}})},
       {"subjects",
        List({Object(
            {{"kind", "ServiceAccount"}, {"name", account}, {"namespace", "kube-system"}})})}});
}

Struct NodeDaemonSet(const std::string& name, const std::string& app, Struct spec) {
  const Struct labels = Object({{"tier", "node"}, {"k8s-app", app}});
  Struct meta = SystemMeta(name);
  Set(meta, "labels", labels);
  Set(spec, "hostNetwork", true);
  Set(spec, "priorityClassName", "system-node-critical");
  Set(spec, "tolerations",
      List({Object({{"operator", "Exists"}, {"effect", "NoSchedule"}}),
            Object({{"operator", "Exists"}, {"effect", "NoExecute"}})}));
  return Object({{"apiVersion", "apps/v1"},
                 {"kind", "DaemonSet"},
                 {"metadata", std::move(meta)},
                 {"spec", Object({{"selector", Object({{"matchLabels", labels}})},
                                  {"updateStrategy",
                                   Object({{"type", "RollingUpdate"},
                                           {"rollingUpdate", Object({{"maxUnavailable", 1}})}})},
                                  {"template", Object({{"metadata", Object({{"labels", labels}})},
                                                       {"spec", std::move(spec)}})}})}});
}

Struct ContainerResources(const talos::resource::definitions::k8s::Resources& configured,
                          const std::string& cpu, const std::string& memory) {
  Struct requests = Object({{"cpu", cpu}, {"memory", memory}});
  for (const auto& [name, quantity] : configured.requests()) {
    Set(requests, name, quantity);
  }
  Struct resources = Object({{"requests", std::move(requests)}});
  if (!configured.limits().empty()) {
    Struct limits;
    for (const auto& [name, quantity] : configured.limits()) {
      Set(limits, name, quantity);
    }
    Set(resources, "limits", std::move(limits));
  }
  return resources;
}

Struct FieldVariable(const std::string& name, const std::string& path) {
  return Object(
      {{"name", name}, {"valueFrom", Object({{"fieldRef", Object({{"fieldPath", path}})}})}});
}

Struct HostVolume(const std::string& name, const std::string& path) {
  return Object({{"name", name}, {"hostPath", Object({{"path", path}})}});
}

Struct ConfigVolume(const std::string& name, const std::string& config_map) {
  return Object({{"name", name}, {"configMap", Object({{"name", config_map}})}});
}

Struct Mount(const std::string& volume, const std::string& path, bool read_only) {
  return Object({{"name", volume}, {"mountPath", path}, {"readOnly", read_only}});
}

}  // namespace ichor
