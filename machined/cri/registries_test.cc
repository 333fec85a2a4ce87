#include "machined/cri/registries.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

constexpr const char* kConfig = R"(version: v1alpha1
machine:
  type: worker
  files:
    - path: /etc/cri/conf.d/20-customization.part
      op: create
      content: a = 1
  baseRuntimeSpecOverrides: {process: {cwd: /x}}
  registries:
    mirrors:
      docker.io: {endpoints: ["http://old"], skipFallback: true}
      ghcr.io: {endpoints: ["http://g"], overridePath: true}
    config:
      g: {auth: {username: u, password: p}, tls: {ca: Q0E=, insecureSkipVerify: true}}
cluster: {}
---
apiVersion: v1alpha1
kind: RegistryMirrorConfig
name: docker.io
endpoints: [{url: "http://new"}]
---
apiVersion: v1alpha1
kind: RegistryAuthConfig
name: r
identityToken: t
---
apiVersion: v1alpha1
kind: CRICustomizationConfig
name: nri
content: b = 2
)";

All<config::MachineConfig> Configs(const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  return AllOf<config::MachineConfig>({{"v1alpha1", std::move(spec)}});
}

template <class T>
All<T> Listed(absl::StatusOr<Desired<T>> rows) {
  REQUIRE_THAT(rows, base::IsOk());
  return Stated(*rows);
}

}  // namespace

TEST_CASE("registries: documents and the older form together, a document before all") {
  const auto rows = Listed(ListRegistries(Configs(kConfig)));
  REQUIRE(rows.size() == 1);
  const auto& spec = rows.find("registries")->spec();
  const auto& docker = spec.registry_mirrors().at("docker.io");
  REQUIRE(docker.mirror_endpoints_size() == 1);
  CHECK(docker.mirror_endpoints(0).endpoint_endpoint() == "http://new");
  CHECK_FALSE(docker.mirror_skip_fallback());
  CHECK(spec.registry_mirrors().at("ghcr.io").mirror_endpoints(0).endpoint_override_path());
  CHECK(spec.registry_auths().at("g").registry_username() == "u");
  CHECK(spec.registry_auths().at("r").registry_identity_token() == "t");
  CHECK(spec.registry_tls().at("g").tls_ca() == "CA");
  CHECK(spec.registry_tls().at("g").tls_insecure_skip_verify());
}

TEST_CASE("registries: nothing is said without a config") {
  const auto none = AllOf<config::MachineConfig>({});
  CHECK(Listed(ListRegistries(none)).empty());
  CHECK(Listed(ListCustomizations(none)).empty());
  CHECK(Listed(ListBaseSpecs(none)).empty());
}

TEST_CASE("customizations: those of documents by name, and the file of the older form") {
  const auto rows = Listed(ListCustomizations(Configs(kConfig)));
  REQUIRE(rows.size() == 2);
  CHECK(rows.find("customization")->spec().content() == "a = 1");
  CHECK(rows.find("nri")->spec().content() == "b = 2");
}

TEST_CASE("base specs: the default, and what the config changes") {
  const auto rows = Listed(ListBaseSpecs(Configs(kConfig)));
  REQUIRE(rows.size() == 2);
  CHECK(rows.find("default")->spec().object().fields().contains("linux"));
  const auto& process = rows.find("overrides")->spec().object().fields().at("process");
  CHECK(process.struct_value().fields().at("cwd").string_value() == "/x");
}

}  // namespace ichor
