#include "machined/manifests/kube_proxy.h"

#include <cstddef>
#include <span>
#include <utility>

#include "absl/strings/str_join.h"
#include "lib/base/hex.h"
#include "lib/base/status.h"
#include "lib/early/sha256.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"
#include "machined/kubernetes/arguments.h"
#include "machined/kubernetes/quantity.h"
#include "machined/manifests/pod_parts.h"

namespace ichor {
namespace {

using google::protobuf::Struct;
using Wish = k8s::BootstrapManifestsConfig::Spec;

constexpr const char* kName = "kube-proxy";
constexpr const char* kKubeconfig = "/etc/kubernetes/kubeconfig";
constexpr const char* kDirectory = "/var/lib/kube-proxy";

void SetByDefault(Struct& object, std::string_view key, const Tree& value) {
  if (!object.fields().contains(std::string(key))) {
    Set(object, key, value);
  }
}

// The program's own configuration: what the config gives, and what it leaves open.
Struct ConfigFile(const config::v1alpha1::KubeProxyConfig& proxy, const std::string& pods) {
  Struct file = proxy.config();
  Set(file, "apiVersion", "kubeproxy.config.k8s.io/v1alpha1");
  Set(file, "kind", "KubeProxyConfiguration");
  Set(*(*file.mutable_fields())["clientConnection"].mutable_struct_value(), "kubeconfig",
      kKubeconfig);
  SetByDefault(file, "clusterCIDR", pods);
  SetByDefault(file, "mode", proxy.mode());
  SetByDefault(*(*file.mutable_fields())["conntrack"].mutable_struct_value(), "maxPerCore", 0);
  return file;
}

std::string ChecksumOf(const Struct& file) {
  const std::string text = ToYaml(file);
  return base::Hex(early::Sha256Of(std::as_bytes(std::span(text))));
}

std::string ConfigMapName(const Wish& wish) {
  constexpr size_t kDigits = 16;
  return "kube-proxy-config-" + wish.proxy_config_checksum().substr(0, kDigits);
}

Struct Container(const Wish& wish, bool has_file) {
  std::vector<Tree> mounts{Mount("lib-modules", "/lib/modules", true),
                           Mount("kubeconfig", "/etc/kubernetes", true)};
  if (has_file) {
    mounts.emplace_back(Mount("config", kDirectory, true));
  }
  return Object(
      {{"name", kName},
       {"image", wish.proxy_image()},
       {"command", List({"/usr/local/bin/kube-proxy"})},
       {"args", std::vector<std::string>(wish.proxy_args().begin(), wish.proxy_args().end())},
       {"env", List({FieldVariable("NODE_NAME", "spec.nodeName")})},
       {"resources", ContainerResources(wish.proxy_resources(), "100m", "50Mi")},
       {"securityContext", Object({{"privileged", true}})},
       {"volumeMounts", mounts}});
}

}  // namespace

absl::Status SetKubeProxy(const KubernetesSettings& settings, Wish& wish) {
  const auto proxy = settings.Proxy();
  wish.set_proxy_enabled(proxy.enabled());
  wish.set_proxy_image(proxy.image());
  if (!proxy.enabled()) {
    return absl::OkStatus();
  }
  const std::string pods = absl::StrJoin(wish.pod_cidrs(), ",");
  Arguments flags{{"hostname-override", {"$(NODE_NAME)"}}};
  MergeRule denied{.flag = "config"};
  if (proxy.config().fields().empty()) {
    denied.flag = "kubeconfig";
    flags.insert({{"cluster-cidr", {pods}},
                  {"conntrack-max-per-core", {"0"}},
                  {"kubeconfig", {kKubeconfig}},
                  {"proxy-mode", {proxy.mode()}}});
  } else {
    flags["config"] = {std::string(kDirectory) + "/config.conf"};
    *wish.mutable_proxy_config() = ConfigFile(proxy, pods);
    wish.set_proxy_config_checksum(ChecksumOf(wish.proxy_config()));
  }
  ASSIGN_OR_RETURN(
      const Arguments merged,
      MergeArguments(std::move(flags), ArgumentsOf(proxy.extra_args()), std::span(&denied, 1)));
  for (std::string& flag : ToFlags(merged)) {
    wish.add_proxy_args(std::move(flag));
  }
  TakeResources(proxy.resources(), *wish.mutable_proxy_resources());
  return absl::OkStatus();
}

std::vector<Struct> KubeProxyObjects(const Wish& wish) {
  std::vector<Struct> objects;
  const bool has_file = !wish.proxy_config_checksum().empty();
  std::vector<Tree> volumes{HostVolume("lib-modules", "/lib/modules"),
                            ConfigVolume("kubeconfig", "kubeconfig-in-cluster")};
  if (has_file) {
    volumes.emplace_back(ConfigVolume("config", ConfigMapName(wish)));
    objects.push_back(Object({{"apiVersion", "v1"},
                              {"kind", "ConfigMap"},
                              {"metadata", SystemMeta(ConfigMapName(wish))},
                              {"data", Object({{"config.conf", ToYaml(wish.proxy_config())}})}}));
  }
  objects.push_back(NodeDaemonSet(kName, kName,
                                  Object({{"serviceAccountName", kName},
                                          {"containers", List({Container(wish, has_file)})},
                                          {"volumes", volumes}})));
  objects.push_back(ServiceAccount(kName));
  objects.push_back(AccountBinding(kName, "system:node-proxier", kName));
  return objects;
}

}  // namespace ichor
