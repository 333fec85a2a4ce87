#include "machined/arguments/policy.h"

#include <format>
#include <string>
#include <string_view>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status.h"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using Words = std::vector<std::string>;

config::Config With(std::string_view arguments) {
  auto config = config::Load(
      "", std::format("machine:\n  install: {{disk: /dev/sda, extraKernelArgs: {}}}\n", arguments));
  REQUIRE_THAT(config.status(), base::IsOk());
  return *std::move(config);
}

}  // namespace

TEST_CASE("kernel arguments: words of the config, whatever item they are in") {
  const auto arguments = KernelArgumentsOf(With("[nomodeset, 'a=1 b=2', '']"));
  REQUIRE_THAT(arguments.status(), base::IsOk());
  CHECK(arguments->words == Words{"nomodeset", "a=1", "b=2"});
  CHECK(arguments->left_out.empty());
}

TEST_CASE("kernel arguments: none is taken away, and the client is told") {
  const auto arguments = KernelArgumentsOf(With("[-selinux, quiet]"));
  REQUIRE_THAT(arguments.status(), base::IsOk());
  CHECK(arguments->words == Words{"quiet"});
  REQUIRE(arguments->left_out.size() == 1);
  CHECK(arguments->left_out[0].starts_with(
      "machine.install.extraKernelArgs: \"-selinux\" is left out"));
}

TEST_CASE("kernel arguments: what a loader would read in its own way is refused by name") {
  for (const char* const bad :
       {R"(['a"b'])", "[a=$x]", R"(["a'b"])", "[a`b]", "['a\\b']", "[gr\u00fcn]"}) {
    INFO(bad);
    const absl::Status refused = KernelArgumentsOf(With(bad)).status();
    CHECK(absl::IsInvalidArgument(refused));
    CHECK(base::MessageOf(refused).starts_with("machine.install.extraKernelArgs: \""));
  }
  CHECK(base::MessageOf(KernelArgumentsOf(With("[ichor.slot=B]")).status()) ==
        "machine.install.extraKernelArgs: \"ichor.slot=B\", expected an argument that the loaders "
        "do not give themselves (ichor.*)");
  CHECK(base::MessageOf(KernelArgumentsOf(With("[" + std::string(769, 'a') + "]")).status()) ==
        "machine.install.extraKernelArgs: 769 bytes, expected 768 at most");
  CHECK_THAT(KernelArgumentsOf(With("[" + std::string(768, 'a') + "]")).status(), base::IsOk());
}

TEST_CASE("kernel arguments: a client is told which ones the running kernel lacks") {
  const config::Config config = With("[quiet, a=1, a=2]");
  CHECK(WarnOfArguments(config, "console=tty0 a=1 quiet a=2").empty());
  const Words warnings = WarnOfArguments(config, "console=tty0 a=12 quiet");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].contains("was not given \"a=1 a=2\""));
  CHECK(WarnOfArguments(With("[]"), "").empty());
}

TEST_CASE("kernel arguments: so does the diagnostic, as long as it is so") {
  config::MachineConfig::Spec text;
  text.set_yaml_marshalled("machine:\n  install: {disk: /dev/sda, extraKernelArgs: [a=1]}\n");
  const auto configs = AllOf<config::MachineConfig>({{"v1alpha1", text}});
  const auto rows = [&](const std::string& line) {
    runtime::KernelCmdline::Spec spec;
    spec.set_cmdline(line);
    const auto stated =
        DiagnoseArguments(configs, AllOf<runtime::KernelCmdline>({{"cmdline", spec}}));
    REQUIRE_THAT(stated.status(), base::IsOk());
    return Stated(*stated);
  };
  REQUIRE(rows("b").size() == 1);
  CHECK(rows("b").front().id() == "kernel-arguments");
  CHECK(rows("a=1 b").empty());
}

}  // namespace ichor
