#include "machined/udev/register.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/volume/fake_programs.h"
#include "resource/config/config.resources.h"
#include "talos/resource/definitions/runtime/runtime.resources.h"

namespace ichor {
namespace {

using std::chrono_literals::operator""ms;

constexpr const char* kConfig = R"(version: v1alpha1
machine:
  type: worker
  udev:
    rules: ['KERNEL=="a", MODE="0600"']
cluster: {}
---
apiVersion: v1alpha1
kind: UdevRulesConfig
rules: ['KERNEL=="b", MODE="0644"']
)";
constexpr const char* kWithoutRules =
    "apiVersion: v1alpha1\nkind: SysctlConfig\nparams: {a.b: '1'}\n";

struct Machine {
  explicit Machine(sys::FakePrograms::Behaviour behaviour = {}) : programs(std::move(behaviour)) {
    REQUIRE(mkdtemp(path.data()) != nullptr);
    RegisterUdev(t.runtime, programs, path + "/rules.d");
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    Ready(true);
  }
  ~Machine() { std::filesystem::remove_all(path); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void Ready(bool ready) {
    t.runtime.Publish<runtime::DevicesStatus>(
        "devices", {{"devices", Text(ready ? "ready: true" : "ready: false")}});
  }
  void Apply(const std::string& text) {
    config::MachineConfig::Spec spec;
    spec.set_yaml_marshalled(text);
    t.runtime.Publish<config::MachineConfig>("test", {{"v1alpha1", std::move(spec)}});
    t.Advance(20ms);
    t.Settle();
  }
  std::string Rules() const {
    std::ostringstream text;
    text << std::ifstream(path + "/rules.d/99-talos.rules").rdbuf();
    return text.str();
  }

  std::string path = "/tmp/udev_test.XXXXXX";
  TestRuntime t;
  sys::FakePrograms programs;
};

}  // namespace

TEST_CASE("udev: rules of both forms are in a file, and udevd applies them once") {
  Machine machine;
  machine.Apply(kConfig);
  CHECK(machine.Rules() == "KERNEL==\"a\", MODE=\"0600\"\nKERNEL==\"b\", MODE=\"0644\"\n");
  const std::vector<std::string> once = {"/usr/bin/udevadm control --reload",
                                         "/usr/bin/udevadm trigger --type=subsystems",
                                         "/usr/bin/udevadm trigger --type=devices"};
  CHECK(machine.programs.commands == once);
  machine.Apply(std::string(kConfig) + "# another text, the same rules\n");
  CHECK(machine.programs.commands == once);
  machine.Apply(kWithoutRules);
  CHECK(machine.Rules().empty());
  CHECK(machine.programs.commands.size() == 2 * once.size());
}

TEST_CASE("udev: without rules nothing is done, and nothing before udevd has seen all devices") {
  Machine machine;
  machine.Apply(kWithoutRules);
  CHECK(machine.programs.commands.empty());
  machine.Ready(false);
  machine.Apply(kConfig);
  CHECK(machine.Rules().empty());
  machine.Ready(true);
  machine.Apply(kConfig);
  CHECK(machine.programs.commands.size() == 3);
}

TEST_CASE("udev: if udevd does not hear, it is told again") {
  int failures = 1;
  Machine machine([&failures](const std::vector<std::string>&) {
    return failures-- > 0 ? absl::InternalError("exit status 1") : absl::OkStatus();
  });
  machine.Apply(kConfig);
  CHECK(machine.programs.commands.size() == 1);
  machine.t.Advance(100ms);
  CHECK(machine.programs.commands.size() == 4);
}

}  // namespace ichor
