#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: cluster section: the endpoint is an HTTPS URL") {
  CheckTexts({{"machine: {ca: {crt: YQ==}}\n"
               "cluster: {controlPlane: {}}\n",
               "2:25: cluster.controlPlane.endpoint: \"\" is no HTTPS URL (such as "
               "https://api.example.org:6443)"},
              {"machine: {ca: {crt: YQ==}}\n"
               "cluster: {controlPlane: {endpoint: 'http://a'}}\n",
               "2:36: cluster.controlPlane.endpoint: \"http://a\" is no HTTPS URL (such as "
               "https://api.example.org:6443)"},
              {"machine: {ca: {crt: YQ==}}\n"
               "cluster: {controlPlane: {endpoint: 'https://a:70000'}}\n",
               "2:36: cluster.controlPlane.endpoint: \"https://a:70000\" is no HTTPS URL (such as "
               "https://api.example.org:6443)"},
              {"machine: {ca: {crt: YQ==}}\n"
               "cluster: {controlPlane: {endpoint: 'https://[2001:db8::1]:6443'}}\n",
               ""}});
}

TEST_CASE("validate: cluster section: the cluster's domain is a DNS name") {
  CheckWorkerCluster(
      {{"  network: {dnsDomain: 'a b'}\n",
        "6:24: cluster.network.dnsDomain: \"a b\" is no DNS name"},
       {"  network: {dnsDomain: a..b}\n",
        "6:24: cluster.network.dnsDomain: \"a..b\" is no DNS name"},
       {"  network: {dnsDomain: "
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\n",
        "6:24: cluster.network.dnsDomain: "
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" is no DNS name"},
       {"  network: {dnsDomain: "
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\n",
        "6:24: cluster.network.dnsDomain: "
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" is no DNS name"},
       {"  network: {dnsDomain: a_b.c}\n", ""}});
}

TEST_CASE("validate: cluster section: manifests of a cloud provider need one that is enabled") {
  CheckWorkerCluster(
      {{"  externalCloudProvider: {manifests: ['https://a/b']}\n",
        "6:26: cluster.externalCloudProvider: manifests are listed, but the provider is not "
        "enabled (set enabled: true)"},
       {"  externalCloudProvider: {enabled: true, manifests: [a]}\n",
        "6:54: cluster.externalCloudProvider.manifests[0]: \"a\" is no HTTP URL"}});
}

TEST_CASE("validate: cluster section: etcd runs on control planes, with a CA") {
  CheckWorkerCluster(
      {{"  etcd: {}\n", "6:9: cluster.etcd: only a control plane runs etcd (remove it)"}});
  CheckControlPlaneCluster(
      {{"  etcd: {}\n", "6:9: cluster.etcd.ca: required on a control plane"},
       {"  etcd: {ca: {crt: YQ==}, subnet: a, advertisedSubnets: [b, '!10.0.0.0/8'], "
        "listenSubnets: [c, 10.0.0.1]}\n",
        "6:35: cluster.etcd.subnet: cannot be used together with advertisedSubnets\n"
        "6:58: cluster.etcd.advertisedSubnets[0]: \"b\" is no IP prefix or address, perhaps "
        "with '!' before it\n"
        "6:93: cluster.etcd.listenSubnets[0]: \"c\" is no IP prefix or address, perhaps with "
        "'!' before it"}});
}

TEST_CASE("validate: cluster section: a worker must not have the key of the CA") {
  CheckWorkerCluster({{"  ca: {crt: YQ==, key: YQ==}\n",
                       "6:24: cluster.ca.key: a worker must not have the CA's key (remove it)"},
                      {"  ca: {crt: YQ==}\n", ""}});
}

TEST_CASE("validate: cluster section: inline manifests have names of their own") {
  CheckControlPlaneCluster(
      {{"  inlineManifests: [{contents: a}, {name: b}, {name: b}]\n",
        "6:21: cluster.inlineManifests[0].name: required\n"
        "6:54: cluster.inlineManifests[2].name: duplicate inline manifest \"b\""}});
}

TEST_CASE("validate: cluster section: the discovery service needs an endpoint and an identity") {
  CheckWorkerCluster(
      {{"  discovery: {enabled: true}\n",
        "5:3: cluster.id: required for the discovery service\n"
        "5:3: cluster.secret: required for the discovery service"},
       {"  id: a\n"
        "  secret: b\n"
        "  discovery: {enabled: true, registries: {service: {endpoint: a}}}\n",
        "8:63: cluster.discovery.registries.service.endpoint: \"a\" is no URL"},
       {"  id: a\n"
        "  secret: b\n"
        "  discovery: {enabled: true, registries: {service: {endpoint: 'https://a/b'}}}\n",
        "8:63: cluster.discovery.registries.service.endpoint: the endpoint has a path"},
       {"  discovery: {enabled: true, registries: {service: {disabled: true}}}\n", ""}});
}

TEST_CASE("validate: cluster section: authorizers are stated in one place, whole") {
  CheckControlPlaneCluster(
      {{"  apiServer: {authorizationConfig: [{type: Node, name: a}], extraArgs: "
        "{authorization-mode: Node}}\n",
        "6:93: cluster.apiServer.extraArgs.authorization-mode: cannot be used together with "
        "authorizationConfig"},
       {"  apiServer: {authorizationConfig: [{type: Node, name: a}], extraArgs: "
        "{authorization-webhook-version: v1}}\n",
        "6:104: cluster.apiServer.extraArgs.authorization-webhook-version: cannot be used "
        "together with authorizationConfig"},
       {"  apiServer: {authorizationConfig: [{type: Nobody}, {type: Webhook, name: b}, "
        "{type: RBAC, name: c}]}\n",
        "6:37: cluster.apiServer.authorizationConfig[0].name: required\n"
        "6:44: cluster.apiServer.authorizationConfig[0].type: got \"Nobody\", expected Node, "
        "RBAC or Webhook\n"
        "6:53: cluster.apiServer.authorizationConfig[1].webhook: required for the type "
        "Webhook"}});
}

TEST_CASE("validate: cluster section: resources are CPU and memory") {
  CheckControlPlaneCluster(
      {{"  apiServer: {resources: {requests: {cpu: 1, gpu: 1}, limits: {disk: 1, memory: "
        "1}}}\n",
        "6:51: cluster.apiServer.resources.requests[\"gpu\"]: only cpu and memory are "
        "supported\n"
        "6:70: cluster.apiServer.resources.limits[\"disk\"]: only cpu and memory are "
        "supported"},
       {"  controllerManager: {resources: {requests: {cpu: 1, gpu: 1}, limits: {disk: 1, "
        "memory: 1}}}\n",
        "6:59: cluster.controllerManager.resources.requests[\"gpu\"]: only cpu and memory "
        "are supported\n"
        "6:78: cluster.controllerManager.resources.limits[\"disk\"]: only cpu and memory are "
        "supported"},
       {"  scheduler: {resources: {requests: {cpu: 1, gpu: 1}, limits: {disk: 1, memory: "
        "1}}}\n",
        "6:51: cluster.scheduler.resources.requests[\"gpu\"]: only cpu and memory are "
        "supported\n"
        "6:70: cluster.scheduler.resources.limits[\"disk\"]: only cpu and memory are "
        "supported"}});
}

TEST_CASE("validate: cluster section: components have a version that we run") {
  CheckControlPlaneCluster(
      {{"  apiServer: {image: 'a:v1.20.0'}\n",
        "6:22: cluster.apiServer.image: Kubernetes 1.20 is too old: 1.32 to 1.37 are "
        "supported"},
       {"  controllerManager: {image: 'a:v1.20.0'}\n",
        "6:30: cluster.controllerManager.image: Kubernetes 1.20 is too old: 1.32 to 1.37 are "
        "supported"},
       {"  scheduler: {image: 'a:v1.20.0'}\n",
        "6:22: cluster.scheduler.image: Kubernetes 1.20 is too old: 1.32 to 1.37 are "
        "supported"}});
}

TEST_CASE(
    "validate: cluster section: options of a container network belong to the one that is chosen") {
  CheckControlPlaneCluster(
      {{"  network: {cni: {name: calico}}\n",
        "6:25: cluster.network.cni.name: got \"calico\", expected one of flannel, custom, "
        "none"},
       {"  network: {cni: {name: none, urls: ['https://a/b']}}\n",
        "6:37: cluster.network.cni.urls: cannot be used with the CNI \"none\" (set "
        "cluster.network.cni.name: custom)"},
       {"  network: {cni: {urls: ['https://a/b']}}\n",
        "6:25: cluster.network.cni.urls: cannot be used with the CNI \"flannel\" (set "
        "cluster.network.cni.name: custom)"},
       {"  network: {cni: {name: none, flannel: {extraArgs: [a]}}}\n",
        "6:40: cluster.network.cni.flannel: cannot be used with the CNI \"none\""},
       {"  network: {cni: {name: custom, urls: ['https://a/b'], flannel: "
        "{kubeNetworkPoliciesEnabled: true}}}\n",
        "6:65: cluster.network.cni.flannel: cannot be used with the CNI \"custom\""},
       {"  network: {cni: {name: custom, urls: [a]}}\n",
        "6:40: cluster.network.cni.urls[0]: \"a\" is no HTTP URL"},
       {"  network: {cni: {name: custom}}\n",
        "6:18: warning: cluster.network.cni.urls: a custom CNI without URLs installs nothing"}});
  CheckWorkerCluster({{"  network: {cni: {name: custom}}\n", ""}});
}

}  // namespace
}  // namespace ichor::config
