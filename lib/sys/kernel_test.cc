// The contract of sys::Kernel, over the fake and the real one. The real one runs in a UTS namespace
// of its own.
#include "lib/sys/kernel.h"

#include <sched.h>

#include <string>

#include "catch2/catch_template_test_macros.hpp"
#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_kernel.h"
#include "lib/sys/linux_kernel.h"

namespace ichor::sys {

using base::IsOk;
using base::StatusIs;

TEMPLATE_TEST_CASE("kernel: the hostname set is the hostname read", "[kernel]", FakeKernel,
                   LinuxKernel) {
  REQUIRE(unshare(CLONE_NEWUTS) == 0);
  TestType kernel;
  REQUIRE_THAT(kernel.SetHostname("n1"), IsOk());
  CHECK(*kernel.Hostname() == "n1");
  REQUIRE_THAT(kernel.SetHostname(std::string(64, 'x')), IsOk());
  CHECK(*kernel.Hostname() == std::string(64, 'x'));
}

TEMPLATE_TEST_CASE("kernel: an empty or too long hostname is refused and the old one stays",
                   "[kernel]", FakeKernel, LinuxKernel) {
  REQUIRE(unshare(CLONE_NEWUTS) == 0);
  TestType kernel;
  REQUIRE_THAT(kernel.SetHostname("n1"), IsOk());
  CHECK_THAT(kernel.SetHostname(""),
             StatusIs(absl::StatusCode::kInvalidArgument, "set hostname \"\": Invalid argument"));
  const std::string longest_plus_one(65, 'x');
  CHECK_THAT(kernel.SetHostname(longest_plus_one),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "set hostname \"" + longest_plus_one + "\": Invalid argument"));
  CHECK(*kernel.Hostname() == "n1");
}

}  // namespace ichor::sys
