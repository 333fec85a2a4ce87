#include "ichorctl/cli/session.h"

#include <sstream>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/fake_clock.h"

namespace ichor::ctl {

TEST_CASE("session: colours are for terminals that want them") {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const base::FakeClock clock;
  Session session{.in = in, .out = out, .err = err, .clock = clock};
  CHECK(OnOut(session, Look::kBold, "x") == "x");
  session.out_is_terminal = true;
  CHECK(OnOut(session, Look::kBold, "x") == "\x1b[1mx\x1b[0m");
  CHECK(OnErr(session, Look::kBold, "x") == "x");
  session.environment["NO_COLOR"] = "1";
  CHECK(OnOut(session, Look::kBold, "x") == "x");
  session.environment = {{"TERM", "dumb"}};
  CHECK(OnOut(session, Look::kBold, "x") == "x");
  Warn(session, "careful");
  CHECK(err.str() == "warning: careful\n");
}

TEST_CASE("session: an empty variable is none") {
  std::istringstream in;
  std::ostringstream out;
  const base::FakeClock clock;
  const Session session{
      .in = in, .out = out, .err = out, .clock = clock, .environment = {{"A", ""}, {"B", "b"}}};
  CHECK_FALSE(Variable(session, "A"));
  CHECK(Variable(session, "B") == "b");
}

}  // namespace ichor::ctl
