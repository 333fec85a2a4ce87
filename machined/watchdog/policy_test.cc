#include "machined/watchdog/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

All<runtime::WatchdogTimerConfig> Wishes(const std::string& text) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled("apiVersion: v1alpha1\n" + text);
  return Stated(*WantWatchdog(AllOf<config::MachineConfig>({{"v1alpha1", std::move(spec)}})));
}

}  // namespace

TEST_CASE("watchdog: the config names the device, and how long it waits") {
  const auto wishes = Wishes("kind: WatchdogTimerConfig\ndevice: /dev/watchdog0\ntimeout: 2m30s\n");
  REQUIRE(wishes.size() == 1);
  CHECK(wishes.front().id() == "timer");
  CHECK(wishes.front().spec().device() == "/dev/watchdog0");
  CHECK(wishes.front().spec().timeout().seconds() == 150);
  const auto usual = Wishes("kind: WatchdogTimerConfig\ndevice: /dev/watchdog0\n");
  REQUIRE(usual.size() == 1);
  CHECK(usual.front().spec().timeout().seconds() == 60);
}

TEST_CASE("watchdog: without a document, and without a config, there is no wish") {
  CHECK(Wishes("kind: SysctlConfig\nparams: {a.b: '1'}\n").empty());
  CHECK(Stated(*WantWatchdog(AllOf<config::MachineConfig>({}))).empty());
}

}  // namespace ichor
