#include "ichorctl/dashboard/dashboard_command.h"

#include "catch2/catch_test_macros.hpp"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status.h"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {

TEST_CASE("dashboard: what is no terminal is told what to use instead") {
  TestNode node;
  const absl::Status status = node.Run(DashboardCommand, {});
  CHECK(absl::IsFailedPrecondition(status));
  CHECK(base::MessageOf(status).contains("standard output is no terminal"));
}

TEST_CASE(
    "dashboard: a wrong time and a node that is not there are told before anything is drawn") {
  TestNode node;
  CHECK_THAT(node.Run(DashboardCommand, {"-d", "often"}),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "--update-interval: \"often\" is no length of time like 90s or 5m"));
  node.Stop();
  CHECK(absl::IsUnavailable(node.Run(DashboardCommand, {})));
  CHECK(node.out().empty());
}

}  // namespace ichor::ctl
