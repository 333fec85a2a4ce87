#include "machined/cri/render.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using cri::BaseRuntimeSpecConfig;
using cri::CustomizationConfig;
using cri::RegistryConfig;

struct Rendered {
  All<files::EtcFileSpec> files;
  All<runtime::Diagnostic> diagnostics;
};

Rendered Render(const std::string& registries, const All<CustomizationConfig>& customizations) {
  absl::StatusOr<CriFiles> result = RenderCri(
      AllOf<RegistryConfig>({{"registries", Text(registries)}}), customizations,
      AllOf<BaseRuntimeSpecConfig>({{"default", Text("object { fields { key: 'root' } }")},
                                    {"overrides", Text("object { fields { key: 'x' } }")}}));
  REQUIRE_THAT(result, base::IsOk());
  return {.files = Stated(std::get<0>(*result)), .diagnostics = Stated(std::get<1>(*result))};
}

std::string Contents(const Rendered& rendered, const std::string& id) {
  const auto row = rendered.files.find(id);
  REQUIRE(row != rendered.files.end());
  return row->spec().contents();
}

}  // namespace

TEST_CASE(
    "render cri: our part, the registries, then the config's parts, which have the last word") {
  const Rendered rendered = Render(
      "registry_auths { key: 'docker.io' value { registry_username: 'u' registry_password: 'p' } }",
      AllOf<CustomizationConfig>(
          {{"cdi",
            Text(R"(content: "[plugins.'io.containerd.cri.v1.runtime']\nenable_cdi = false")")}}));
  const std::string toml = Contents(rendered, kCriToml);
  CHECK(toml.starts_with("## /etc/cri/conf.d/00-base.part (sha256:"));
  CHECK(toml.contains("\n## /etc/cri/conf.d/01-registries.part (sha256:"));
  CHECK(toml.contains("\n## /etc/cri/conf.d/20-cdi.part (sha256:"));
  CHECK(toml.contains("version = 3\n"));
  CHECK(toml.contains("config_path = '/etc/cri/conf.d/hosts'\n"));
  CHECK(toml.contains("registry.configs.'registry-1.docker.io'.auth]\n"));
  CHECK(toml.contains("enable_cdi = false\n"));
  CHECK(toml.contains("BinaryName = '/usr/bin/crun'\n"));
  CHECK(rendered.files.find(kCriToml)->spec().mode() == 0600);
  CHECK(Contents(rendered, kBaseSpecFile) == R"({"root":null,"x":null})");
  CHECK(rendered.diagnostics.empty());
}

TEST_CASE("render cri: a part that cannot be read is left out and named") {
  const Rendered rendered =
      Render("", AllOf<CustomizationConfig>({{"bad", Text("content: 'x = = 1'")}}));
  CHECK_FALSE(Contents(rendered, kCriToml).contains("20-bad"));
  REQUIRE(rendered.diagnostics.size() == 1);
  CHECK(rendered.diagnostics.front().spec().details(0).starts_with(
      "/etc/cri/conf.d/20-bad.part:1: "));
}

TEST_CASE("render cri: mirrors have their files, and nothing is there without a config") {
  const Rendered rendered = Render(
      "registry_mirrors { key: 'a:1' value { mirror_endpoints { endpoint_endpoint: 'http://b' } } "
      "}",
      AllOf<CustomizationConfig>({}));
  CHECK(Contents(rendered, "cri/conf.d/hosts/a_1_/hosts.toml").starts_with("[host.\"http://b\"]"));
  absl::StatusOr<CriFiles> none = RenderCri(
      AllOf<RegistryConfig>({}), AllOf<CustomizationConfig>({}), AllOf<BaseRuntimeSpecConfig>({}));
  REQUIRE_THAT(none, base::IsOk());
  CHECK(Stated(std::get<0>(*none)).empty());
}

}  // namespace ichor
