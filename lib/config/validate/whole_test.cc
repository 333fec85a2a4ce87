#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: encryption of secrets in etcd goes with the CA") {
  CheckControlPlaneCluster({{"  ca: {crt: YQ==, key: YQ==}\n",
                             "1:1: a control plane needs encryption of secrets in etcd (add "
                             "KubeEtcdEncryptionConfig)"},
                            {"  ca: {crt: YQ==, key: YQ==}\n"
                             "  secretboxEncryptionSecret: a\n",
                             ""},
                            {"  ca: {crt: YQ==, key: YQ==}\n"
                             "  aescbcEncryptionSecret: a\n",
                             ""}});
}

TEST_CASE("validate: encrypted DNS needs the node's own resolver") {
  CheckDocument("ResolverConfig",
                {{"nameservers: [{address: 1.1.1.1, protocol: DoH, tlsServerName: a}]",
                  "3:44: ResolverConfig: nameservers[0].protocol: DoH needs hostDNS to be enabled"},
                 {"hostDNS: {enabled: true}\n"
                  "nameservers: [{address: 1.1.1.1, protocol: DoH, tlsServerName: a}]",
                  ""}});
}

TEST_CASE("validate: KubeSpan needs discovery, discovery an identity") {
  CheckWorker({{"  network: {kubespan: {enabled: true}}\n",
                "4:33: machine.network.kubespan.enabled: KubeSpan needs cluster discovery (enable "
                "cluster.discovery)"}});
  CheckDocument("KubeSpanConfig",
                {{"enabled: true",
                  "3:10: KubeSpanConfig: enabled: KubeSpan needs cluster discovery (add "
                  "DiscoveryServiceConfig)"}});
  CheckDocument("DiscoveryServiceConfig",
                {{"name: a\n"
                  "endpoint: https://a",
                  "1:1: DiscoveryServiceConfig a: discovery needs the cluster's identity (add "
                  "DiscoveryIdentityConfig)"},
                 {"name: a\n"
                  "endpoint: https://a\n"
                  "---\n"
                  "apiVersion: v1alpha1\n"
                  "kind: DiscoveryIdentityConfig\n"
                  "clusterID: a\n"
                  "clusterSecret: QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
                  ""}});
}

TEST_CASE("validate: containers wait for others that are, and not for each other") {
  CheckDocument(
      "ContainerConfig",
      {{"name: a\n"
        "image: 'a@sha256:0'\n"
        "dependsOn: {containers: [b]}",
        "5:26: ContainerConfig a: dependsOn.containers[0]: no container is called \"b\""},
       {"name: a\n"
        "image: 'a@sha256:0'\n"
        "dependsOn: {containers: [b]}\n"
        "---\n"
        "apiVersion: v1alpha1\n"
        "kind: ContainerConfig\n"
        "name: b\n"
        "image: 'a@sha256:0'\n"
        "dependsOn: {containers: [a]}",
        "5:25: ContainerConfig a: dependsOn.containers: the containers wait for each other\n"
        "11:25: ContainerConfig b: dependsOn.containers: the containers wait for each other"}});
}

}  // namespace
}  // namespace ichor::config
