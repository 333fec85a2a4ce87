#include "ichorctl/generate/generate.h"

#include <algorithm>
#include <set>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"
#include "lib/config/config.h"

namespace ichor::ctl {

using base::IsOk;

namespace {

Input Example(int minor) {
  const base::WallTime now = base::FakeClock().Now();
  return {.cluster_name = "kronform",
          .endpoint = "https://api.example.org:6443",
          .secrets = *pki::NewClusterSecrets(now, {.minor = std::min(minor, 6)}),
          .contract = {.minor = minor},
          .kubernetes_version = "1.36.0",
          .additional_sans = {"san.example"},
          .install_image = DefaultInstallImage(),
          .mirrors = {{.registry = "docker.io", .endpoint = "https://mirror.example"}},
          .kubespan = true};
}

std::set<std::string> KindsOf(const config::Config& config) {
  std::set<std::string> kinds;
  for (const config::Document& document : config.documents()) {
    kinds.insert(document.kind->name);
  }
  return kinds;
}

}  // namespace

TEST_CASE("generate: what is made for any version is read strictly") {
  const int minor = GENERATE(2, 3, 5, 6, 7, 8, 11, 12, 13, 14);
  const auto type = GENERATE(MachineType::kControlPlane, MachineType::kWorker);
  INFO("v1." << minor);
  const pki::Secret text = GenerateConfig(Example(minor), type);
  CHECK_THAT(config::Load("made.yaml", text.text()), IsOk());
}

TEST_CASE("generate: today each thing has a document of its own") {
  const absl::StatusOr<config::Config> config =
      config::Load("made.yaml", GenerateConfig(Example(14), MachineType::kControlPlane).text());
  REQUIRE_THAT(config, IsOk());
  CHECK(KindsOf(*config) == std::set<std::string>{"",
                                                  "DiscoveryIdentityConfig",
                                                  "DiscoveryServiceConfig",
                                                  "FilesystemTrimConfig",
                                                  "HostnameConfig",
                                                  "KubeAPIServerCAConfig",
                                                  "KubeAPIServerConfig",
                                                  "KubeAdmissionControlConfig",
                                                  "KubeAggregatorCAConfig",
                                                  "KubeAuditPolicyConfig",
                                                  "KubeAuthenticationConfig",
                                                  "KubeAuthorizerConfig",
                                                  "KubeClusterConfig",
                                                  "KubeControllerManagerConfig",
                                                  "KubeCoreDNSConfig",
                                                  "KubeEtcdEncryptionConfig",
                                                  "KubeFlannelCNIConfig",
                                                  "KubeNetworkConfig",
                                                  "KubeNodeConfig",
                                                  "KubePrismConfig",
                                                  "KubeProxyConfig",
                                                  "KubeSchedulerConfig",
                                                  "KubeServiceAccountConfig",
                                                  "KubeSpanConfig",
                                                  "KubeletConfig",
                                                  "RegistryMirrorConfig",
                                                  "ResolverConfig",
                                                  "SecurityProfileConfig",
                                                  "UnattendedInstallConfig",
                                                  "VolumeConfig"});
}

TEST_CASE("generate: a worker has no key of a CA, in any version") {
  const int minor = GENERATE(2, 11, 14);
  const Input input = Example(minor);
  const pki::Secret text = GenerateConfig(input, MachineType::kWorker);
  for (const pki::PemPair& pair :
       {input.secrets.os, input.secrets.etcd, input.secrets.kubernetes, input.secrets.aggregator}) {
    const std::string line = pair.key.text().substr(pair.key.text().find('\n') + 1, 40);
    CHECK_FALSE(text.text().contains(line));
  }
  CHECK_FALSE(text.text().contains("key: LS0t"));
  CHECK_FALSE(text.text().contains("PRIVATE KEY"));
  CHECK(text.text().contains("type: worker"));
}

TEST_CASE("generate: without a disk there is no installation") {
  const int minor = GENERATE(11, 14);
  Input input = Example(minor);
  input.install_disk.clear();
  const pki::Secret text = GenerateConfig(input, MachineType::kWorker);
  CHECK_FALSE(text.text().contains("install:"));
  CHECK_FALSE(text.text().contains("UnattendedInstallConfig"));
}

}  // namespace ichor::ctl
