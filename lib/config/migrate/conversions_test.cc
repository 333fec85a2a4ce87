#include <algorithm>
#include <string>
#include <string_view>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/config/migrate/migrate.h"

namespace ichor::config {
namespace {

// What a legacy document becomes, without its own rest.
std::string Documents(std::string_view text, const MigrateOptions& options = {}) {
  const auto config = Load("", std::string(text));
  REQUIRE_THAT(config.status(), base::IsOk());
  const auto migrated = Migrate(*config, options);
  if (!migrated.ok()) return std::string(migrated.status().message());
  const std::string& result = migrated->config.text();
  return result.substr(std::min(result.find("---\n"), result.size()));
}

std::string Boss(std::string_view rest) {
  return "machine: {type: controlplane}\n" + std::string(rest) + "\n";
}

TEST_CASE("migrate: items of lists become documents of their name") {
  CHECK(
      Documents(Boss("cluster: {apiServer: {admissionControl: [{name: a, configuration: {b: c}}], "
                     "authorizationConfig: [{type: Webhook, name: d, webhook: {e: f}}]}}")) ==
      R"(---
apiVersion: v1alpha1
kind: KubeAdmissionControlConfig
name: a
configuration:
    b: c
---
apiVersion: v1alpha1
kind: KubeAuthorizerConfig
name: d
type: Webhook
webhook:
    e: f
)");
  CHECK(
      Documents("machine: {type: worker, kernel: {modules: [{name: a, parameters: [b]}]}, network: "
                "{extraHostEntries: [{ip: 10.0.0.1, aliases: [c]}, {ip: 10.0.0.1, aliases: "
                "[d]}]}}\n") == R"(---
apiVersion: v1alpha1
kind: StaticHostConfig
name: 10.0.0.1
hostnames:
    - c
    - d
---
apiVersion: v1alpha1
kind: KernelModuleConfig
name: a
parameters:
    - b
)");
  CHECK(Documents("machine: {kernel: {modules: [{parameters: [b]}]}}\n") ==
        "1:30: machine.kernel.modules: an item without a name cannot be a KernelModuleConfig");
}

TEST_CASE("migrate: manifests and pods become documents") {
  CHECK(Documents(Boss("cluster: {extraManifests: [https://a/b, https://a/c], "
                       "extraManifestHeaders: {d: e}}")) == R"(---
apiVersion: v1alpha1
kind: KubeExternalManifestConfig
name: extra-manifest
url: https://a/b
headers:
    d: e
---
apiVersion: v1alpha1
kind: KubeExternalManifestConfig
name: extra-manifest-1
url: https://a/c
headers:
    d: e
)");
  CHECK(Documents("machine: {pods: [{metadata: {name: a}, spec: {}}]}\n"
                  "cluster: {inlineManifests: [{name: b, contents: c}]}\n") == R"(---
apiVersion: v1alpha1
kind: KubeInlineManifestConfig
name: b
manifest: c
---
apiVersion: v1alpha1
kind: KubeStaticPodConfig
name: a
pod:
    metadata:
        name: a
    spec: {}
)");
}

TEST_CASE("migrate: a control plane's CA signs, a worker's is trusted") {
  CHECK(Documents(Boss("cluster: {ca: {crt: YQ==, key: Yg==}, acceptedCAs: [{crt: Yw==}]}")) ==
        R"(---
apiVersion: v1alpha1
kind: KubeAPIServerCAConfig
issuingCA:
    cert: a
    key: b
acceptedCAs:
    - c
)");
  CHECK(Documents("machine: {type: worker}\ncluster: {ca: {crt: YQ==, key: \"\"}}\n") == R"(---
apiVersion: v1alpha1
kind: KubeAPIServerCAConfig
acceptedCAs:
    - a
)");
}

TEST_CASE("migrate: the API server keeps what it did without being told") {
  CHECK(Documents(
            Boss("cluster: {apiServer: {image: a, authorizationConfig: [{type: Webhook, name: b, "
                 "webhook: {}}]}}")) == R"(---
apiVersion: v1alpha1
kind: KubeAPIServerConfig
image: a
---
apiVersion: v1alpha1
kind: KubeAuthorizerConfig
name: node
type: Node
---
apiVersion: v1alpha1
kind: KubeAuthorizerConfig
name: rbac
type: RBAC
---
apiVersion: v1alpha1
kind: KubeAuthorizerConfig
name: b
type: Webhook
webhook: {}
---
apiVersion: v1alpha1
kind: KubeAuthenticationConfig
configuration:
    anonymous:
        enabled: false
)");
}

TEST_CASE("migrate: secrets in etcd can be read afterwards") {
  CHECK(Documents(Boss("cluster: {aescbcEncryptionSecret: a, secretboxEncryptionSecret: b}")) ==
        R"(---
apiVersion: v1alpha1
kind: KubeEtcdEncryptionConfig
config:
    resources:
        - resources:
              - secrets
          providers:
              - secretbox:
                    keys:
                        - name: key2
                          secret: b
              - aescbc:
                    keys:
                        - name: key1
                          secret: a
              - identity: {}
)");
}

TEST_CASE("migrate: discovery is a document if it is on") {
  CHECK(Documents("machine: {type: worker}\ncluster: {discovery: {enabled: true}}\n") == R"(---
apiVersion: v1alpha1
kind: DiscoveryServiceConfig
name: default
endpoint: https://discovery.talos.dev/
)");
  CHECK(Documents("machine: {type: worker}\ncluster: {discovery: {enabled: false}}\n").empty());
  CHECK(
      Documents("cluster: {discovery: {enabled: true, registries: {service: {disabled: true}}}}\n")
          .empty());
  CHECK(
      Documents(
          "cluster: {discovery: {enabled: true, registries: {kubernetes: {disabled: false}}}}\n") ==
      "1:51: cluster.discovery: the registry kubernetes has no equivalent");
}

TEST_CASE("migrate: encryption of system volumes and registries become documents") {
  CHECK(Documents("machine: {systemDiskEncryption: {state: {keys: [{slot: 0, nodeID: {}}]}}}\n") ==
        R"(---
apiVersion: v1alpha1
kind: VolumeConfig
name: STATE
encryption:
    provider: luks2
    keys:
        - slot: 0
          nodeID: {}
)");
  CHECK(
      Documents("machine: {registries: {mirrors: {a: {endpoints: [https://b], overridePath: true, "
                "skipFallback: true}}, config: {c: {tls: {ca: ZA==}, auth: {username: e}}}}}\n") ==
      R"(---
apiVersion: v1alpha1
kind: RegistryMirrorConfig
name: a
endpoints:
    - url: https://b
      overridePath: true
skipFallback: true
---
apiVersion: v1alpha1
kind: RegistryTLSConfig
name: c
ca: d
---
apiVersion: v1alpha1
kind: RegistryAuthConfig
name: c
username: e
)");
}

TEST_CASE("migrate: documents that the reader does not know are not made") {
  const std::string text = "machine: {type: worker, sysctls: {a: b}, env: {c: d}}\n";
  CHECK(Documents(text, {.unknown_kinds = {"SysctlConfig"}}) ==
        "---\napiVersion: v1alpha1\nkind: EnvironmentConfig\nvariables:\n    c: d\n");
}

TEST_CASE("migrate: no move shows a secret") {
  const auto config = Load("", Boss("cluster: {aescbcEncryptionSecret: hidden, secret: hidden, "
                                    "extraManifests: [https://a], extraManifestHeaders: {d: "
                                    "hidden}}"));
  REQUIRE_THAT(config.status(), base::IsOk());
  const auto migrated = Migrate(*config);
  REQUIRE_THAT(migrated.status(), base::IsOk());
  REQUIRE(migrated->moves.size() == 4);
  for (const Move& move : migrated->moves) {
    CHECK_FALSE(ToString(move).contains("hidden"));
  }
}

}  // namespace
}  // namespace ichor::config
