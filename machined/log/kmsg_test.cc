#include "machined/log/kmsg.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/fake_clock.h"
#include "lib/base/status_matchers.h"

namespace ichor::log {

using base::StatusIs;

TEST_CASE("kmsg: a record becomes facility, padded severity, time and text") {
  const base::WallTime boot = base::FakeClock().Now();
  CHECK(*FormatKmsg("6,2,1500000,-;Linux version 6.12\n", boot) ==
        "kern:    info: [2026-01-01T00:00:01.5Z]: Linux version 6.12\n");
  CHECK(*FormatKmsg("12,300,1,-;[machined] up\n SUBSYSTEM=x\n DEVICE=+y\n", boot) ==
        "user: warning: [2026-01-01T00:00:00.000001Z]: [machined] up\n");
  CHECK(*FormatKmsg("3,9,61000000,c,caller=T1;x;y", boot) ==
        "kern:     err: [2026-01-01T00:01:01Z]: x;y\n");
  CHECK(*FormatKmsg("191,1,0,-;", boot) == "local7:   debug: [2026-01-01T00:00:00Z]: \n");
  CHECK(*FormatKmsg("800,1,0,-;t", boot) == "facility100:   emerg: [2026-01-01T00:00:00Z]: t\n");
}

TEST_CASE("kmsg: what is no record is refused") {
  const std::string record =
      GENERATE(as<std::string>(), "6,2,x,-;t", ";", "6;t", ",,;", "-1,2,3,-;t",
               "6,2,99999999999999999999,-;t", "6,,22028222228222800;");
  CHECK_THAT(
      FormatKmsg(record, base::WallTime()),
      StatusIs(absl::StatusCode::kInvalidArgument, "kernel log: a record with a strange header"));
  CHECK_THAT(FormatKmsg("6,2,3,- t", base::WallTime()),
             StatusIs(absl::StatusCode::kInvalidArgument, "kernel log: a record without ';'"));
}

}  // namespace ichor::log
