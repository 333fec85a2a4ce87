#include "machined/hostname/register.h"

#include <chrono>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_runtime.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {

using network::HostnameSpec;
using network::HostnameStatus;
using std::chrono_literals::operator""ms;

TEST_CASE("hostname: withdrawn wishes fall back, failures retry") {
  TestRuntime t;  // fake clock, fake kernel, no threads, no sleeps
  RegisterHostname(t.runtime, t.kernel);
  REQUIRE_THAT(t.runtime.Validate(), base::IsOk());  // one writer per row, no cycles

  t.runtime.Publish<HostnameSpec>(
      "dhcp", {{"dhcp/eth0", Text("hostname: 'lease' config_layer: CONFIG_OPERATOR")}});
  t.kernel.fail_next = absl::UnavailableError("EAGAIN");
  t.Settle();
  CHECK(t.kernel.hostname.empty());  // failed once: a retry is scheduled
  t.Advance(100ms);
  CHECK(t.kernel.hostname == "lease");  // backoff elapsed

  t.runtime.Publish<HostnameSpec>("dhcp", {});  // not stated again: collected
  t.Settle();
  CHECK(t.runtime.Read<HostnameStatus>().empty());
  CHECK(t.kernel.hostname == "localhost");
}

TEST_CASE("hostname: nothing is set before the first source has spoken") {
  TestRuntime t;
  t.kernel.hostname = "as-booted";
  RegisterHostname(t.runtime, t.kernel);
  t.runtime.AddSource<HostnameSpec>("dhcp");
  t.Settle();
  CHECK(t.kernel.hostname == "as-booted");
}

}  // namespace ichor
