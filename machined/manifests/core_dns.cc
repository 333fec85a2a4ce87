#include "machined/manifests/core_dns.h"

#include <format>
#include <string>
#include <utility>

#include "lib/resource/tree.h"
#include "machined/manifests/pod_parts.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using k8s::BootstrapManifestsConfig;

Struct Labels() {
  return Object({{"k8s-app", "kube-dns"}});
}

Struct Meta(const char* name, bool labelled) {
  Struct meta = Object({{"name", name}, {"namespace", "kube-system"}});
  if (labelled) {
    Set(meta, "labels",
        Object({{"k8s-app", "kube-dns"},
                {"kubernetes.io/cluster-service", "true"},
                {"kubernetes.io/name", "CoreDNS"}}));
  }
  return meta;
}

std::string Corefile(const std::string& domain) {
  return std::format(
      ".:53 {{\n"
      "    errors\n"
      "    health {{\n"
      "        lameduck 5s\n"
      "    }}\n"
      "    ready\n"
      "    log . {{\n"
      "        class error\n"
      "    }}\n"
      "    prometheus :9153\n"
      "    kubernetes {0} in-addr.arpa ip6.arpa {{\n"
      "        pods insecure\n"
      "        fallthrough in-addr.arpa ip6.arpa\n"
      "        ttl 30\n"
      "    }}\n"
      "    forward . /etc/resolv.conf {{\n"
      "        max_concurrent 1000\n"
      "    }}\n"
      "    cache 30 {{\n"
      "        disable success {0}\n"
      "        disable denial {0}\n"
      "    }}\n"
      "    loop\n"
      "    reload\n"
      "    loadbalance\n"
      "}}\n",
      domain);
}

Struct Rule(const char* group, std::initializer_list<Tree> resources) {
  return Object({{"apiGroups", List({group})},
                 {"resources", List(resources)},
                 {"verbs", List({"list", "watch"})}});
}

Struct Role() {
  return Object({{"apiVersion", std::string(kRbacGroup) + "/v1"},
                 {"kind", "ClusterRole"},
                 {"metadata", Object({{"name", "system:coredns"}})},
                 {"rules", List({Rule("", {"endpoints", "services", "pods", "namespaces"}),
                                 Rule("discovery.k8s.io", {"endpointslices"})})}});
}

Struct Port(const char* name, int number, const char* protocol) {
  return Object({{"name", name}, {"containerPort", number}, {"protocol", protocol}});
}

Struct Probe(const char* path, int port) {
  return Object({{"httpGet", Object({{"path", path}, {"port", port}, {"scheme", "HTTP"}})}});
}

Struct Container(const std::string& image) {
  constexpr int kHealthPort = 8080;
  constexpr int kReadyPort = 8181;
  Struct liveness = Probe("/health", kHealthPort);
  Set(liveness, "initialDelaySeconds", 60);
  Set(liveness, "timeoutSeconds", 5);
  Set(liveness, "successThreshold", 1);
  Set(liveness, "failureThreshold", 5);
  return Object(
      {{"name", "coredns"},
       {"image", image},
       {"args", List({"-conf", "/etc/coredns/Corefile"})},
       {"env", List({Object({{"name", "GOMEMLIMIT"}, {"value", "161MiB"}})})},
       {"resources", Object({{"limits", Object({{"memory", "170Mi"}})},
                             {"requests", Object({{"cpu", "100m"}, {"memory", "70Mi"}})}})},
       {"ports",
        List({Port("dns", 53, "UDP"), Port("dns-tcp", 53, "TCP"), Port("metrics", 9153, "TCP")})},
       {"livenessProbe", std::move(liveness)},
       {"readinessProbe", Probe("/ready", kReadyPort)},
       {"securityContext", Object({{"allowPrivilegeEscalation", false},
                                   {"readOnlyRootFilesystem", true},
                                   {"capabilities", Object({{"add", List({"NET_BIND_SERVICE"})},
                                                            {"drop", List({"ALL"})}})}})},
       {"volumeMounts",
        List({Object(
            {{"name", "config-volume"}, {"mountPath", "/etc/coredns"}, {"readOnly", true}})})}});
}

// Two pods of it on different nodes, if there are two.
Struct Apart() {
  return Object(
      {{"podAntiAffinity",
        Object({{"preferredDuringSchedulingIgnoredDuringExecution",
                 List({Object({{"weight", 100},
                               {"podAffinityTerm",
                                Object({{"labelSelector", Object({{"matchLabels", Labels()}})},
                                        {"topologyKey", "kubernetes.io/hostname"}})}})})}})}});
}

Struct Toleration(const char* key) {
  return Object({{"key", key}, {"operator", "Exists"}, {"effect", "NoSchedule"}});
}

Struct PodSpec(const std::string& image) {
  return Object(
      {{"serviceAccountName", "coredns"},
       {"priorityClassName", "system-cluster-critical"},
       {"dnsPolicy", "Default"},
       {"affinity", Apart()},
       {"tolerations", List({Toleration("node-role.kubernetes.io/control-plane"),
                             Toleration("node.cloudprovider.kubernetes.io/uninitialized")})},
       {"securityContext", Object({{"seccompProfile", Object({{"type", "RuntimeDefault"}})}})},
       {"containers", List({Container(image)})},
       {"volumes",
        List({Object(
            {{"name", "config-volume"},
             {"configMap", Object({{"name", "coredns"},
                                   {"items", List({Object({{"key", "Corefile"},
                                                           {"path", "Corefile"}})})}})}})})}});
}

Struct Deployment(const std::string& image) {
  return Object(
      {{"apiVersion", "apps/v1"},
       {"kind", "Deployment"},
       {"metadata", Meta("coredns", true)},
       {"spec", Object({{"replicas", 2},
                        {"strategy", Object({{"type", "RollingUpdate"},
                                             {"rollingUpdate", Object({{"maxUnavailable", 1}})}})},
                        {"selector", Object({{"matchLabels", Labels()}})},
                        {"template", Object({{"metadata", Object({{"labels", Labels()}})},
                                             {"spec", PodSpec(image)}})}})}});
}

Struct ServicePort(const char* name, int number, const char* protocol) {
  return Object({{"name", name}, {"port", number}, {"protocol", protocol}, {"targetPort", number}});
}

}  // namespace

std::vector<Struct> CoreDnsObjects(const BootstrapManifestsConfig::Spec& wish) {
  return {
      Object(
          {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", Meta("coredns", false)}}),
      Role(), AccountBinding("system:coredns", "system:coredns", "coredns"),
      Object({{"apiVersion", "v1"},
              {"kind", "ConfigMap"},
              {"metadata", Meta("coredns", false)},
              {"data", Object({{"Corefile", Corefile(wish.cluster_domain())}})}}),
      Deployment(wish.core_dns_image())};
}

Struct CoreDnsService(const BootstrapManifestsConfig::Spec& wish) {
  std::vector<std::string> addresses;
  std::vector<std::string> families;
  if (!wish.dns_service_ip().empty()) {
    addresses.push_back(wish.dns_service_ip());
    families.emplace_back("IPv4");
  }
  if (!wish.dns_service_ipv6().empty()) {
    addresses.push_back(wish.dns_service_ipv6());
    families.emplace_back("IPv6");
  }
  Struct spec =
      Object({{"selector", Labels()},
              {"clusterIPs", addresses},
              {"ipFamilies", families},
              {"ipFamilyPolicy", addresses.size() > 1 ? "RequireDualStack" : "SingleStack"},
              {"ports", List({ServicePort("dns", 53, "UDP"), ServicePort("dns-tcp", 53, "TCP"),
                              ServicePort("metrics", 9153, "TCP")})}});
  if (!addresses.empty()) {
    Set(spec, "clusterIP", addresses.front());
  }
  return Object({{"apiVersion", "v1"},
                 {"kind", "Service"},
                 {"metadata", Meta("kube-dns", true)},
                 {"spec", std::move(spec)}});
}

}  // namespace ichor
