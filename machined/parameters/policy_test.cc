#include "machined/parameters/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

constexpr const char* kConfig = R"(version: v1alpha1
machine:
  type: worker
  sysctls:
    vm.swappiness: "1"
    kernel.panic: "5"
  sysfs:
    devices.system.cpu.cpu0.cpufreq.scaling_governor: performance
cluster: {}
---
apiVersion: v1alpha1
kind: SysctlConfig
params:
  kernel.panic: "7"
---
apiVersion: v1alpha1
kind: SysfsConfig
params:
  block.sda.queue.scheduler: none
)";

All<config::MachineConfig> Configs(const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  return AllOf<config::MachineConfig>({{"v1alpha1", std::move(spec)}});
}

}  // namespace

TEST_CASE("parameters: both forms of the config count, a document more") {
  const auto wishes = WantParameters(Configs(kConfig));
  REQUIRE_THAT(wishes, base::IsOk());
  std::string text;
  for (const auto& row : Stated(*wishes)) {
    text += row.id() + "=" + row.spec().value() + "\n";
  }
  CHECK(text ==
        "proc.sys.kernel.panic=7\n"
        "proc.sys.vm.swappiness=1\n"
        "sys.block.sda.queue.scheduler=none\n"
        "sys.devices.system.cpu.cpu0.cpufreq.scaling_governor=performance\n");
  CHECK(Stated(*WantParameters(AllOf<config::MachineConfig>({}))).empty());
}

TEST_CASE("parameters: an id is a path, with the slashes of sysctl") {
  const auto [id, path] = GENERATE(table<std::string, std::string>(
      {{"proc.sys.net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward"},
       {"proc.sys.net.ipv4.conf.eth0/1.forwarding", "/proc/sys/net/ipv4/conf/eth0.1/forwarding"},
       {"proc.sys.net/ipv4/conf/eth0.1/forwarding", "/proc/sys/net/ipv4/conf/eth0.1/forwarding"},
       {"sys.block.sda.queue.scheduler", "/sys/block/sda/queue/scheduler"},
       {"proc.sys./../../etc", ""},
       {"sys.x/../../etc/shadow", ""},
       {"sys.", ""},
       {"etc.passwd", ""}}));
  CHECK(ParameterPath(id) == path);
}

TEST_CASE("parameters: a hardening that the config takes away is named") {
  const auto defaults =
      AllOf<runtime::KernelParamDefaultSpec>({{"proc.sys.user.max_user_namespaces", "value: '0'"},
                                              {"proc.sys.kernel.panic", "value: '10'"},
                                              {"proc.sys.kernel.kptr_restrict", "value: '2'"}});
  const auto wishes =
      AllOf<runtime::KernelParamSpec>({{"proc.sys.user/max_user_namespaces", "value: '11255'"},
                                       {"proc.sys.kernel.kptr_restrict", "value: '2'"},
                                       {"proc.sys.kernel.panic", "value: '0'"}});
  const All<runtime::Diagnostic> rows = Stated(*DiagnoseHardening(defaults, wishes));
  REQUIRE(rows.size() == 1);
  REQUIRE(rows.front().spec().details_size() == 1);
  CHECK(rows.front().spec().details(0) == "user.max_user_namespaces: 11255 instead of 0");
}

}  // namespace ichor
