#include "machined/modules/register.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichor/resource.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/volume/fake_programs.h"
#include "resource/config/config.resources.h"

namespace ichor {
namespace {

constexpr const char* kConfig = R"(version: v1alpha1
machine:
  type: worker
  kernel:
    modules:
      - name: br_netfilter
      - name: zfs
        parameters: [old=1]
cluster: {}
---
apiVersion: v1alpha1
kind: KernelModuleConfig
name: zfs
parameters: [zfs_arc_max=1024, zfs_x=2]
)";

void Apply(TestRuntime& t, const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled(text);
  t.runtime.Publish<config::MachineConfig>("test", {{"v1alpha1", std::move(spec)}});
  t.Settle();
}

}  // namespace

TEST_CASE(
    "modules: those of the config are loaded with their parameters, a document's before all") {
  TestRuntime t;
  sys::FakePrograms programs;
  RegisterModules(t.runtime, programs);
  REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
  Apply(t, kConfig);
  CHECK(programs.commands ==
        std::vector<std::string>{"/usr/sbin/modprobe -- br_netfilter",
                                 "/usr/sbin/modprobe -- zfs zfs_arc_max=1024 zfs_x=2"});
}

TEST_CASE("modules: a node with a kubelet has what pods cannot load themselves") {
  TestRuntime t;
  sys::FakePrograms programs;
  RegisterModules(t.runtime, programs);
  Apply(t,
        "version: v1alpha1\nmachine: {type: worker, kernel: {modules: [{name: tun, parameters: "
        "[a=1]}]}}\ncluster: {ca: {crt: Y2E=}, token: a.b, "
        "controlPlane: {endpoint: \"https://x:6443\"}}\n");
  CHECK(programs.commands == std::vector<std::string>{"/usr/sbin/modprobe -- br_netfilter",
                                                      "/usr/sbin/modprobe -- tun a=1"});
}

TEST_CASE("modules: one that cannot be loaded is named, and stops no other") {
  TestRuntime t;
  sys::FakePrograms programs([](const std::vector<std::string>& command) {
    return command[2] == "br_netfilter" ? absl::InternalError("exit status 1: not found")
                                        : absl::OkStatus();
  });
  RegisterModules(t.runtime, programs);
  Apply(t, kConfig);
  CHECK(programs.commands.size() == 2);
  const auto rows = t.runtime.Read<runtime::ControllerStatus>();
  const auto row = rows.find("modules.load");
  REQUIRE(row != rows.end());
  CHECK(row->spec().error() == "module br_netfilter: exit status 1: not found");
}

}  // namespace ichor
