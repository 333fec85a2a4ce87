#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: the API server has an image, and flags that nothing else states") {
  CheckControlPlaneDocument(
      "KubeAPIServerConfig",
      {{"", "7:1: KubeAPIServerConfig: image: required"},
       {"image: 'a:v1.20.0', resources: {limits: {disk: 1}}",
        "7:58: KubeAPIServerConfig: image: Kubernetes 1.20 is too old: 1.32 to 1.37 are "
        "supported\n"
        "7:98: KubeAPIServerConfig: resources.limits[\"disk\"]: only cpu and memory are "
        "supported"},
       {"image: 'a:v1.36.0', extraArgs: {anonymous-auth: x}",
        "7:99: KubeAPIServerConfig: extraArgs.anonymous-auth: other documents say this (use "
        "KubeAuthenticationConfig or KubeAuthorizerConfig)"},
       {"image: 'a:v1.36.0', extraArgs: {oidc-issuer-url: x}",
        "7:100: KubeAPIServerConfig: extraArgs.oidc-issuer-url: other documents say this "
        "(use KubeAuthenticationConfig or KubeAuthorizerConfig)"},
       {"image: 'a:v1.36.0', extraArgs: {authentication-config: x}",
        "7:106: KubeAPIServerConfig: extraArgs.authentication-config: other documents say "
        "this (use KubeAuthenticationConfig or KubeAuthorizerConfig)"},
       {"image: 'a:v1.36.0', extraArgs: {authorization-config: x}",
        "7:105: KubeAPIServerConfig: extraArgs.authorization-config: other documents say "
        "this (use KubeAuthenticationConfig or KubeAuthorizerConfig)"},
       {"image: 'a:v1.36.0', extraArgs: {authorization-mode: x}",
        "7:103: KubeAPIServerConfig: extraArgs.authorization-mode: other documents say this "
        "(use KubeAuthenticationConfig or KubeAuthorizerConfig)"},
       {"image: 'a:v1.36.0', extraArgs: {authorization-webhook-version: x}",
        "7:114: KubeAPIServerConfig: extraArgs.authorization-webhook-version: other "
        "documents say this (use KubeAuthenticationConfig or KubeAuthorizerConfig)"}});
}

TEST_CASE("validate: components that run have an image") {
  CheckControlPlaneDocument(
      "KubeControllerManagerConfig",
      {{"enabled: false", ""},
       {"", "7:1: KubeControllerManagerConfig: image: required"},
       {"enabled: true, image: 'a:v1.20.0', resources: {limits: {disk: 1}}",
        "7:81: KubeControllerManagerConfig: image: Kubernetes 1.20 is too old: 1.32 to 1.37 "
        "are supported\n"
        "7:121: KubeControllerManagerConfig: resources.limits[\"disk\"]: only cpu and memory "
        "are supported"},
       {"image: 'a:v1.36.0'", ""}});
  CheckControlPlaneDocument(
      "KubeSchedulerConfig",
      {{"enabled: false", ""},
       {"", "7:1: KubeSchedulerConfig: image: required"},
       {"enabled: true, image: 'a:v1.20.0', resources: {limits: {disk: 1}}",
        "7:73: KubeSchedulerConfig: image: Kubernetes 1.20 is too old: 1.32 to 1.37 are "
        "supported\n"
        "7:113: KubeSchedulerConfig: resources.limits[\"disk\"]: only cpu and memory are "
        "supported"},
       {"image: 'a:v1.36.0'", ""}});
  CheckControlPlaneDocument(
      "KubeProxyConfig",
      {{"enabled: false", ""},
       {"", "7:1: KubeProxyConfig: image: required"},
       {"enabled: true, image: 'a:v1.20.0', resources: {limits: {disk: 1}}",
        "7:69: KubeProxyConfig: image: Kubernetes 1.20 is too old: 1.32 to 1.37 are "
        "supported\n"
        "7:109: KubeProxyConfig: resources.limits[\"disk\"]: only cpu and memory are "
        "supported"},
       {"image: 'a:v1.36.0'", ""}});
}

TEST_CASE("validate: kube-proxy has modes of which two are warned about") {
  CheckControlPlaneDocument(
      "KubeProxyConfig",
      {{"image: 'a:v1.36.0', mode: nftables", ""},
       {"image: 'a:v1.36.0', mode: ebpf",
        "7:73: KubeProxyConfig: mode: got \"ebpf\", expected one of iptables, ipvs, nftables"},
       {"image: 'a:v1.36.0', mode: iptables",
        "7:73: warning: KubeProxyConfig: mode: the mode iptables is on its way out (use "
        "nftables)"},
       {"image: 'a:v1.36.0', mode: ipvs",
        "7:73: warning: KubeProxyConfig: mode: the mode ipvs is on its way out (use nftables)"},
       {"image: 'a:v1.36.0', extraArgs: {v: '1'}",
        "7:78: warning: KubeProxyConfig: extraArgs: flags override the configuration file "
        "(use config)"}});
}

TEST_CASE("validate: the kubelet has an image and leaves the node's fields alone") {
  CheckDocument(
      "KubeletConfig",
      {{"", "1:1: KubeletConfig: image: required"},
       {"image: a:v1.20.0",
        "3:8: KubeletConfig: image: Kubernetes 1.20 is too old: 1.32 to 1.37 are supported"},
       {"image: a:v1.36.0\n"
        "config: {port: 1, maxPods: 7}",
        "4:16: KubeletConfig: config.port: the node sets this field of the kubelet itself"}});
}

TEST_CASE("validate: the node has labels and taints in Kubernetes' form") {
  CheckDocument("KubeNodeConfig",
                {{"nodeIP: {validSubnets: [a]}\n"
                  "labels: {-a: b}\n"
                  "annotations: {-a: b}\n"
                  "taints: {a: Never}",
                  "3:25: KubeNodeConfig: nodeIP.validSubnets[0]: \"a\" is no IP prefix or address, "
                  "perhaps with '!' before it\n"
                  "4:14: KubeNodeConfig: labels[\"-a\"]: the name must be 1 to 63 letters, digits, "
                  "'-', '_' or '.', perhaps with a domain and '/' before it\n"
                  "5:19: KubeNodeConfig: annotations[\"-a\"]: the name must be 1 to 63 letters, "
                  "digits, '-', '_' or '.', perhaps with a domain and '/' before it\n"
                  "6:13: KubeNodeConfig: taints[\"a\"]: \"Never\" is no taint: expected EFFECT or "
                  "VALUE:EFFECT, where EFFECT is NoSchedule, PreferNoSchedule or NoExecute"}});
}

TEST_CASE("validate: the cluster has a name and an HTTPS endpoint") {
  CheckDocument("KubeClusterConfig",
                {{"",
                  "1:1: KubeClusterConfig: clusterName: required\n"
                  "1:1: KubeClusterConfig: endpoint: \"\" is no HTTPS URL (such as "
                  "https://api.example.org:6443)"},
                 {"clusterName: a\n"
                  "endpoint: http://b",
                  "4:11: KubeClusterConfig: endpoint: \"http://b\" is no HTTPS URL (such as "
                  "https://api.example.org:6443)"},
                 {"clusterName: a\n"
                  "endpoint: https://b:6443",
                  ""}});
}

TEST_CASE("validate: networks of pods and services have sizes that work") {
  CheckDocument(
      "KubeNetworkConfig",
      {{"",
        "1:1: KubeNetworkConfig: podSubnets: required\n"
        "1:1: KubeNetworkConfig: serviceSubnets: required"},
       {"podSubnets: [10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16]\n"
        "serviceSubnets: [10.96.0.0/12]",
        "3:13: KubeNetworkConfig: podSubnets: at most one network of each family\n"
        "3:27: KubeNetworkConfig: podSubnets[1]: a second network of the same family\n"
        "4:17: KubeNetworkConfig: serviceSubnets: as many as podSubnets are required"},
       {"podSubnets: [10.244.0.0/16, 'fd00::/56']\n"
        "serviceSubnets: [10.96.0.0/12, 'fd01::/112']",
        ""},
       {"podSubnets: [10.244.0.1/16]\n"
        "serviceSubnets: [10.96.0.0/30]",
        "3:14: KubeNetworkConfig: podSubnets[0]: the address has bits behind its prefix\n"
        "4:18: KubeNetworkConfig: serviceSubnets[0]: fewer than 16 addresses"},
       {"podSubnets: [10.244.0.0/16]\n"
        "serviceSubnets: [10.0.0.0/8]",
        "4:18: KubeNetworkConfig: serviceSubnets[0]: more than 2^20 services; at least /12"},
       {"podSubnets: [10.244.0.0/25]\n"
        "serviceSubnets: [10.96.0.0/12]",
        "3:14: KubeNetworkConfig: podSubnets[0]: smaller than the network of one node, /24"},
       {"podSubnets: [10.0.0.0/7]\n"
        "serviceSubnets: [10.96.0.0/12]",
        "3:14: KubeNetworkConfig: podSubnets[0]: larger than the networks of 65536 nodes, /8"},
       {"podSubnets: [10.244.0.0/16]\n"
        "serviceSubnets: [10.96.0.0/12]\n"
        "nodeCIDRMaskSizeIPv4: 33\n"
        "nodeCIDRMaskSizeIPv6: 129",
        "3:14: KubeNetworkConfig: podSubnets[0]: larger than the networks of 65536 nodes, "
        "/17\n"
        "5:23: KubeNetworkConfig: nodeCIDRMaskSizeIPv4: must be from 1 to 32\n"
        "6:23: KubeNetworkConfig: nodeCIDRMaskSizeIPv6: must be from 1 to 128"},
       {"podSubnets: [10.244.0.0/16]\n"
        "serviceSubnets: [10.96.0.0/12, 'fd01::/112']\n"
        "dnsDomain: a b",
        "4:17: KubeNetworkConfig: serviceSubnets: as many as podSubnets are required\n"
        "5:12: KubeNetworkConfig: dnsDomain: \"a b\" is no DNS name"}});
}

TEST_CASE("validate: Flannel needs a backend") {
  CheckControlPlaneDocument(
      "KubeFlannelCNIConfig",
      {{"", "7:1: KubeFlannelCNIConfig: backendType: required"}, {"backendType: vxlan", ""}});
}

TEST_CASE("validate: encryption in etcd needs a configuration") {
  CheckControlPlaneDocument("KubeEtcdEncryptionConfig",
                            {{"", "7:1: KubeEtcdEncryptionConfig: config: required"}});
}

TEST_CASE("validate: admission plugins and authorizers have names and types") {
  CheckControlPlaneDocument(
      "KubeAdmissionControlConfig",
      {{"configuration: {}", "7:1: KubeAdmissionControlConfig: name: required"}});
  CheckControlPlaneDocument(
      "KubeAuthorizerConfig",
      {{"",
        "7:1: KubeAuthorizerConfig: name: required\n"
        "7:1: KubeAuthorizerConfig: type: required"},
       {"name: a, type: Nobody",
        "7:67: KubeAuthorizerConfig a: type: got \"Nobody\", expected one of Node, RBAC, "
        "Webhook"},
       {"name: a, type: Webhook",
        "7:1: KubeAuthorizerConfig a: webhook: required for the type Webhook"},
       {"name: a, type: RBAC", ""}});
}

TEST_CASE("validate: manifests and static pods have names of Kubernetes") {
  CheckDocument(
      "KubeExternalManifestConfig",
      {{"name: A\n"
        "url: ftp://a",
        "3:7: KubeExternalManifestConfig A: name: \"A\" is no DNS subdomain of lower-case "
        "letters, digits, '-' and '.'\n"
        "4:6: KubeExternalManifestConfig A: url: \"ftp://a\" is no HTTP URL"},
       {"name: a.b-c\n"
        "url: https://a/b",
        ""},
       {"url: https://a/b", "1:1: KubeExternalManifestConfig: name: required"}});
  CheckDocument(
      "KubeInlineManifestConfig",
      {{"name: a_b\n"
        "manifest: c",
        "3:7: KubeInlineManifestConfig a_b: name: \"a_b\" is no DNS subdomain of lower-case "
        "letters, digits, '-' and '.'"}});
  CheckDocument("KubeStaticPodConfig",
                {{"name: a.",
                  "1:1: KubeStaticPodConfig a.: pod: required\n"
                  "3:7: KubeStaticPodConfig a.: name: \"a.\" is no DNS subdomain of lower-case "
                  "letters, digits, '-' and '.'"},
                 {"name: a\n"
                  "pod: {kind: Pod}",
                  ""}});
}

TEST_CASE("validate: KubePrism has a port") {
  CheckDocument("KubePrismConfig",
                {{"port: 0", "3:7: KubePrismConfig: port: must be from 1 to 65535"},
                 {"port: 65536", "3:7: KubePrismConfig: port: must be from 1 to 65535"},
                 {"port: 7445", ""}});
}

TEST_CASE("validate: access to the API is for roles that there are") {
  CheckControlPlaneDocument(
      "KubeTalosAPIAccessConfig",
      {{"allowedRoles: [os:boss, os:admin]",
        "7:71: KubeTalosAPIAccessConfig: allowedRoles[0]: unknown role \"os:boss\""}});
}

TEST_CASE("validate: service accounts need a key and an issuer") {
  CheckControlPlaneDocument(
      "KubeServiceAccountConfig",
      {{"",
        "7:1: KubeServiceAccountConfig: issuer.issuerURL: required\n"
        "7:1: KubeServiceAccountConfig: issuer.privateKey: no private key in PEM"},
       {"issuer: {privateKey: a, issuerURL: 'https://b'}",
        "7:77: KubeServiceAccountConfig: issuer.privateKey: no private key in PEM"}});
}

TEST_CASE("validate: certificate authorities can be read") {
  CheckDocument(
      "KubeAPIServerCAConfig",
      {{"", "1:1: KubeAPIServerCAConfig: neither issuingCA nor acceptedCAs is set"},
       {"issuingCA: {cert: a, key: b}",
        "3:19: KubeAPIServerCAConfig: issuingCA.cert: no certificate in PEM\n"
        "3:27: KubeAPIServerCAConfig: issuingCA.key: no private key in PEM"},
       {"acceptedCAs: [a]", "3:15: KubeAPIServerCAConfig: acceptedCAs[0]: no certificate in PEM"}});
  CheckControlPlaneDocument(
      "KubeAggregatorCAConfig",
      {{"", "7:1: KubeAggregatorCAConfig: issuingCA: required"},
       {"issuingCA: {cert: a, key: b}, acceptedCAs: [c]",
        "7:72: KubeAggregatorCAConfig: issuingCA.cert: no certificate in PEM\n"
        "7:80: KubeAggregatorCAConfig: issuingCA.key: no private key in PEM\n"
        "7:98: KubeAggregatorCAConfig: acceptedCAs[0]: no certificate in PEM"}});
}

}  // namespace
}  // namespace ichor::config
