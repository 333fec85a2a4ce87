// The contract of sys::NetworkSettings, over the fake and the real one.
#include "lib/sys/network_settings.h"

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_network_settings.h"
#include "lib/sys/linux_network_settings.h"
#include "lib/sys/test_network.h"

namespace ichor::sys {
namespace {

constexpr const char* kForward = "ipv4/conf/lo/forwarding";

void Prepare(FakeNetworkSettings& settings) {
  settings.settings[kForward] = "0";
}
void Prepare(LinuxNetworkSettings& /*settings*/) {
  EnterNewNetwork();
}

}  // namespace

TEMPLATE_TEST_CASE("network settings: what is written is read; what does not exist is named",
                   "[kernel]", FakeNetworkSettings, LinuxNetworkSettings) {
  const KeepNetwork keep;
  TestType settings;
  Prepare(settings);
  REQUIRE_THAT(settings.Write(kForward, "1"), base::IsOk());
  const auto value = settings.Read(kForward);
  REQUIRE_THAT(value, base::IsOk());
  CHECK(*value == "1");
  CHECK_THAT(settings.Write("ipv4/conf/none/forwarding", "1"),
             base::StatusIs(absl::StatusCode::kNotFound,
                            "set ipv4/conf/none/forwarding to 1: No such file or directory"));
  CHECK_THAT(settings.Read("ipv4/conf/none/forwarding").status(),
             base::StatusIs(absl::StatusCode::kNotFound,
                            "read setting ipv4/conf/none/forwarding: No such file or directory"));
}

}  // namespace ichor::sys
