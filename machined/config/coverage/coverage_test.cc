#include "machined/config/coverage/coverage.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"
#include "machined/config/coverage/table.h"

namespace ichor {
namespace {

constexpr const char* kConfig = R"(version: v1alpha1
machine:
  type: worker
  sysctls:
    vm.swappiness: "1"
  kubelet:
    credentialProviderConfig: {kind: CredentialProviderConfig}
  systemDiskEncryption:
    state:
      provider: luks2
  network:
    interfaces:
      - interface: eth0
        vip: {ip: 10.0.0.9}
      - interface: eth1
        vip: {ip: 10.0.1.9}
  features:
    diskQuotaSupport: false
cluster:
  controlPlane:
    endpoint: https://10.0.0.1:6443
---
apiVersion: v1alpha1
kind: NetworkRuleConfig
name: ssh
portSelector:
  ports: [22]
  protocol: tcp
ingress:
  - subnet: 10.0.0.0/8
---
apiVersion: v1alpha1
kind: SysctlConfig
params:
  vm.overcommit_memory: "1"
)";

std::string Word(Coverage coverage) {
  return coverage == Coverage::kActedOn ? "acted on"
         : coverage == Coverage::kLater ? "later"
                                        : "later, protection";
}

std::vector<std::string> Lines(const std::vector<Unacted>& unacted) {
  std::vector<std::string> lines;
  lines.reserve(unacted.size());
  for (const Unacted& one : unacted) {
    lines.push_back((one.security_relevant ? "! " : "") + one.path + ": " + one.sentence);
  }
  return lines;
}

}  // namespace

TEST_CASE("coverage: of every field that a config may have it is written down what becomes of it") {
  std::ostringstream expected;
  expected << std::ifstream("testdata/coverage.txt").rdbuf();
  std::string actual;
  for (const std::string& path : AllConfigPaths()) {
    const CoverageRule* const rule = FindCoverage(path);
    // What only leads to others need not have a rule itself.
    actual += path + ": " + (rule == nullptr ? "see below" : Word(rule->coverage)) + "\n";
  }
  CHECK(actual == expected.str());
}

TEST_CASE("coverage: no field without keys of its own is without a rule") {
  const std::vector<std::string> paths = AllConfigPaths();
  for (size_t i = 0; i < paths.size(); ++i) {
    INFO(paths[i]);
    const bool leads_on = i + 1 < paths.size() && paths[i + 1].starts_with(paths[i] + ".");
    CHECK((leads_on || FindCoverage(paths[i]) != nullptr));
  }
}

TEST_CASE("coverage: every rule is about something that there is, and says why") {
  std::set<std::string> paths;
  for (const std::string& path : AllConfigPaths()) {
    paths.insert(path);
  }
  for (const CoverageRule& rule : CoverageRules()) {
    INFO(rule.path);
    CHECK(paths.contains(std::string(rule.path)));
    CHECK(rule.sentence.empty() == (rule.coverage == Coverage::kActedOn));
  }
}

TEST_CASE("coverage: what is not acted on is named, protection first, each once") {
  const absl::StatusOr<config::Config> config = config::Load("", kConfig);
  REQUIRE_THAT(config, base::IsOk());
  CHECK(Lines(NotActedOn(*config)) ==
        std::vector<std::string>{
            "! machine.systemDiskEncryption: encryption of volumes is not there yet: what is "
            "written is readable on the disk",
            "! NetworkRuleConfig ssh: the firewall is not there yet: nothing is blocked",
            "machine.kubelet.credentialProviderConfig: credential providers of the kubelet are "
            "not there yet",
            "machine.network.interfaces.vip: virtual addresses are not there yet"});
}

TEST_CASE("coverage: of the system volumes only those that there are are acted on") {
  const std::string volume = "apiVersion: v1alpha1\nkind: VolumeConfig\nname: ";
  const auto config = config::Load("", volume + "EPHEMERAL\nprovisioning: {grow: true}\n---\n" +
                                           volume + "ETCD\nprovisioning: {maxSize: 4GiB}\n---\n" +
                                           volume + "IMAGECACHE\nprovisioning: {maxSize: 4GiB}\n");
  REQUIRE_THAT(config, base::IsOk());
  CHECK(Lines(NotActedOn(*config)) ==
        std::vector<std::string>{"VolumeConfig IMAGECACHE: the image cache is not there yet"});
}

TEST_CASE("coverage: of the files of the config, containerd's waits for it") {
  const auto config = config::Load("", R"(machine:
  files:
    - {path: /var/a, content: x, permissions: 0o600, op: create}
    - {path: /etc/cri/conf.d/20-customization.part, content: x, permissions: 0o600, op: create}
)");
  REQUIRE_THAT(config, base::IsOk());
  CHECK(Lines(NotActedOn(*config)) ==
        std::vector<std::string>{"machine.files: /etc/cri/conf.d/20-customization.part: containers "
                                 "are not there yet"});
}

TEST_CASE("coverage: it is a diagnostic as long as the config is in force") {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(kConfig);
  const auto diagnostics =
      DiagnoseCoverage(AllOf<config::MachineConfig>({{"v1alpha1", std::move(spec)}}));
  REQUIRE_THAT(diagnostics, base::IsOk());
  const All<runtime::Diagnostic> rows = Stated(*diagnostics);
  REQUIRE(rows.size() == 2);
  CHECK(rows.find("config-protection")->spec().details_size() == 2);
  CHECK(rows.find("config-coverage")->spec().details(0) ==
        "machine.kubelet.credentialProviderConfig: credential providers of the kubelet are "
        "not there yet");
  CHECK(Stated(*DiagnoseCoverage(AllOf<config::MachineConfig>({}))).empty());
}

}  // namespace ichor
