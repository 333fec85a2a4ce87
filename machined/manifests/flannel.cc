#include "machined/manifests/flannel.h"

#include <string>
#include <utility>

#include "lib/kube/json.h"
#include "lib/resource/tree.h"
#include "machined/kubernetes/addresses.h"
#include "machined/manifests/pod_parts.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using Wish = k8s::BootstrapManifestsConfig::Spec;

constexpr const char* kName = "flannel";
constexpr const char* kSettings = "kube-flannel-cfg";

Tree Rule(const char* group, std::initializer_list<Tree> resources,
          std::initializer_list<Tree> verbs) {
  return Object(
      {{"apiGroups", List({group})}, {"resources", List(resources)}, {"verbs", List(verbs)}});
}

Struct Role(const Wish& wish) {
  std::vector<Tree> rules{Rule("", {"pods"}, {"get"}),
                          Rule("", {"nodes"}, {"get", "list", "watch"}),
                          Rule("", {"nodes/status"}, {"patch"})};
  if (wish.flannel_kube_network_policies_enabled()) {
    rules.push_back(Rule("", {"pods", "namespaces"}, {"list", "watch"}));
    rules.push_back(Rule("networking.k8s.io", {"networkpolicies"}, {"list", "watch"}));
  }
  return Object({{"apiVersion", std::string(kRbacGroup) + "/v1"},
                 {"kind", "ClusterRole"},
                 {"metadata", Object({{"name", kName}})},
                 {"rules", rules}});
}

// What flanneld reads: the network of all pods, and how packets get from node to node.
Struct NetworkSettings(const Wish& wish) {
  Struct backend = Object({{"Type", wish.flannel_backend_type()}});
  if (wish.flannel_backend_port() != 0) {
    Set(backend, "Port", static_cast<std::int64_t>(wish.flannel_backend_port()));
  }
  if (wish.flannel_backend_mtu() != 0) {
    Set(backend, "MTU", static_cast<std::int64_t>(wish.flannel_backend_mtu()));
  }
  for (const auto& [key, value] : wish.flannel_backend_extra_config().fields()) {
    Set(backend, key, value);
  }
  Struct settings = Object({{"Backend", std::move(backend)}, {"EnableNFTables", true}});
  bool has_ipv4 = false;
  for (const std::string& subnet : wish.pod_cidrs()) {
    const auto first = AddressIn(subnet, 0);
    if (first.has_value() && IsIPv4(*first)) {
      has_ipv4 = true;
      Set(settings, "Network", subnet);
    } else if (first.has_value()) {
      Set(settings, "IPv6Network", subnet);
      Set(settings, "EnableIPv6", true);
    }
  }
  if (!has_ipv4) {
    Set(settings, "EnableIPv4", false);
  }
  return settings;
}

// What the container runtime reads: how a pod gets its address.
Struct PodNetwork() {
  const Struct flannel = Object(
      {{"type", kName}, {"delegate", Object({{"hairpinMode", true}, {"isDefaultGateway", true}})}});
  const Struct portmap =
      Object({{"type", "portmap"}, {"capabilities", Object({{"portMappings", true}})}});
  return Object({{"name", "cbr0"}, {"cniVersion", "1.0.0"}, {"plugins", List({flannel, portmap})}});
}

Struct Settings(const Wish& wish) {
  Struct meta = SystemMeta(kSettings);
  Set(meta, "labels", Object({{"tier", "node"}, {"k8s-app", kName}}));
  return Object({{"apiVersion", "v1"},
                 {"kind", "ConfigMap"},
                 {"metadata", std::move(meta)},
                 {"data", Object({{"cni-conf.json", kube::ToJson(PodNetwork())},
                                  {"net-conf.json", kube::ToJson(NetworkSettings(wish))}})}});
}

Struct Installer(const Wish& wish) {
  return Object({{"name", "install-config"},
                 {"image", wish.flannel_image()},
                 {"command", List({"cp"})},
                 {"args", List({"-f", "/etc/kube-flannel/cni-conf.json",
                                "/etc/cni/net.d/10-flannel.conflist"})},
                 {"volumeMounts", List({Mount("cni", "/etc/cni/net.d", false),
                                        Mount("flannel-cfg", "/etc/kube-flannel/", true)})}});
}

Struct Daemon(const Wish& wish) {
  std::vector<std::string> args{"--ip-masq", "--kube-subnet-mgr"};
  args.insert(args.end(), wish.flannel_extra_args().begin(), wish.flannel_extra_args().end());
  std::vector<Tree> variables{FieldVariable("POD_NAME", "metadata.name"),
                              FieldVariable("POD_NAMESPACE", "metadata.namespace"),
                              Object({{"name", "EVENT_QUEUE_DEPTH"}, {"value", "5000"}})};
  // The service of the API server is reached by kube-proxy's work, which may come later.
  if (!wish.flannel_kube_service_host().empty()) {
    variables.emplace_back(
        Object({{"name", "KUBERNETES_SERVICE_HOST"}, {"value", wish.flannel_kube_service_host()}}));
    variables.emplace_back(
        Object({{"name", "KUBERNETES_SERVICE_PORT"}, {"value", wish.flannel_kube_service_port()}}));
  }
  return Object({{"name", "kube-flannel"},
                 {"image", wish.flannel_image()},
                 {"command", List({"/opt/bin/flanneld"})},
                 {"args", args},
                 {"env", variables},
                 {"resources", ContainerResources(wish.flannel_resources(), "100m", "50Mi")},
                 {"securityContext",
                  Object({{"privileged", false},
                          {"capabilities", Object({{"add", List({"NET_ADMIN", "NET_RAW"})}})}})},
                 {"volumeMounts", List({Mount("run", "/run/flannel", false),
                                        Mount("flannel-cfg", "/etc/kube-flannel/", true)})}});
}

Struct NetworkPolicies(const Wish& wish) {
  return Object(
      {{"name", "kube-network-policies"},
       {"image", wish.flannel_kube_network_policies_image()},
       {"command", List({"/bin/netpol"})},
       {"args", List({"--hostname-override=$(MY_NODE_NAME)", "--v=2"})},
       {"env", List({FieldVariable("MY_NODE_NAME", "spec.nodeName")})},
       {"resources", Object({{"requests", Object({{"cpu", "100m"}, {"memory", "50Mi"}})}})},
       {"securityContext", Object({{"privileged", true}})}});
}

Struct Pods(const Wish& wish) {
  std::vector<Tree> containers{Daemon(wish)};
  if (wish.flannel_kube_network_policies_enabled()) {
    containers.emplace_back(NetworkPolicies(wish));
  }
  return NodeDaemonSet("kube-flannel", kName,
                       Object({{"serviceAccountName", kName},
                               {"initContainers", List({Installer(wish)})},
                               {"containers", containers},
                               {"volumes", List({HostVolume("run", "/run/flannel"),
                                                 HostVolume("cni", "/etc/cni/net.d"),
                                                 ConfigVolume("flannel-cfg", kSettings)})}}));
}

}  // namespace

std::vector<Struct> FlannelObjects(const Wish& wish) {
  return {Role(wish), AccountBinding(kName, kName, kName), ServiceAccount(kName), Settings(wish),
          Pods(wish)};
}

}  // namespace ichor
