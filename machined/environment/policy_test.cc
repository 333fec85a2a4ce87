#include "machined/environment/policy.h"

#include <format>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kConfig = R"(version: v1alpha1
machine:
  type: worker
  env:
    http_proxy: http://old:3128
    GRPC_GO_LOG_SEVERITY_LEVEL: info
    PATH: /bin
cluster: {}
---
apiVersion: v1alpha1
kind: EnvironmentConfig
variables:
  http_proxy: http://new:3128
)";

All<config::MachineConfig> Configs(const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  return AllOf<config::MachineConfig>({{"v1alpha1", std::move(spec)}});
}

All<runtime::KernelCmdline> CommandLine(const std::string& line) {
  runtime::KernelCmdline::Spec spec;
  spec.set_cmdline(line);
  return AllOf<runtime::KernelCmdline>({{"cmdline", std::move(spec)}});
}

Lines Wanted(const All<config::MachineConfig>& configs, const std::string& line) {
  const auto rows = WantEnvironment(
      configs, AllOf<boot::NodeStage>({{"stage", Text("stage: CONFIGURED")}}), CommandLine(line));
  REQUIRE_THAT(rows, base::IsOk());
  const auto variables = Stated(*rows).find("machined")->spec().variables();
  return {variables.begin(), variables.end()};
}

}  // namespace

TEST_CASE("environment: of command line and config, the document's before all") {
  CHECK(
      Wanted(Configs(kConfig),
             "quiet talos.environment=A=b=c talos.environment=http_proxy=x talos.environment=B") ==
      Lines{"A=b=c", "B=", "GRPC_GO_LOG_SEVERITY_LEVEL=info", "http_proxy=http://new:3128"});
  CHECK(Wanted(AllOf<config::MachineConfig>({}), "").empty());
}

TEST_CASE("environment: nothing is said of it while the disk was not looked at") {
  const auto rows = WantEnvironment(Configs(kConfig), AllOf<boot::NodeStage>({{"stage", Text("")}}),
                                    CommandLine(""));
  REQUIRE_THAT(rows, base::IsOk());
  CHECK(Stated(*rows).empty());
}

TEST_CASE("environment: what cannot be given is named") {
  const auto rows = DiagnoseEnvironment(Configs(kConfig), CommandLine("talos.environment=1=2"));
  REQUIRE_THAT(rows, base::IsOk());
  const auto diagnostics = Stated(*rows);
  REQUIRE(diagnostics.size() == 1);
  const auto& details = diagnostics.front().spec().details();
  CHECK(Lines(details.begin(), details.end()) ==
        Lines{"\"1\" is no name of a variable: it is made of letters, digits and '_', and starts "
              "with no digit",
              "PATH is the system's own"});
  CHECK(Stated(*DiagnoseEnvironment(AllOf<config::MachineConfig>({}), CommandLine(""))).empty());
}

TEST_CASE("environment: it is bounded, so that every service can be started with it") {
  std::string line;
  for (int i = 0; i < 70; ++i) {
    line += std::format("talos.environment=V{:02}=x ", i);
  }
  const GivenEnvironment many = EnvironmentOf(line, nullptr);
  CHECK(many.variables.size() == 64);
  REQUIRE(many.left_out.size() == 6);
  CHECK(many.left_out.front() ==
        "V64 is too much: at most 64 variables and 8192 bytes are given to services");
  const auto config = config::Load(
      "", std::format("apiVersion: v1alpha1\nkind: EnvironmentConfig\nvariables: {{A: {}, B: x}}\n",
                      std::string(9000, 'a')));
  REQUIRE_THAT(config, base::IsOk());
  CHECK(EnvironmentOf("", &*config).variables == Lines{"B=x"});
}

TEST_CASE("environment: proxies are known in either case") {
  CHECK(IsProxyVariable("http_proxy=x"));
  CHECK(IsProxyVariable("NO_PROXY="));
  CHECK_FALSE(IsProxyVariable("http_proxy_x=1"));
}

}  // namespace ichor
