#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "ichorctl/cli/parse.h"
#include "ichorctl/files/test_session.h"
#include "ichorctl/machineconfig/machineconfig_command.h"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

namespace {

absl::Status Run(TestSession& session, std::vector<std::string> words) {
  const Command root{.name = "ichorctl", .summary = "", .commands = {MachineConfigCommand()}};
  Invocation invocation;
  if (absl::Status status = Parse(root, std::move(words), invocation); !status.ok()) {
    return status;
  }
  session.Begin();
  return invocation.command().run(*session, invocation.arguments);
}

}  // namespace

TEST_CASE("machineconfig: a patch leaves comments of other parts alone") {
  TestSession session;
  session.Write("n1.yaml", "# mine\nmachine:\n  type: worker  # for now\n  token: 'x'\n");
  session.Write("patch.yaml", "machine: {token: y}\n");
  const std::string path = session.PathOf("n1.yaml");
  REQUIRE_THAT(Run(session, {"mc", "patch", path, "-p", "@" + session.PathOf("patch.yaml")}),
               IsOk());
  CHECK(session.out().starts_with("# mine\nmachine:\n  type: worker  # for now\n"));
  CHECK(session.out().contains("token: y\n"));
  REQUIRE_THAT(
      Run(session, {"machineconfig", "patch", path, "-o", path, "--patch",
                    R"([{"op": "replace", "path": "/machine/type", "value": "controlplane"}])"}),
      IsOk());
  CHECK(session.Read("n1.yaml").contains("type: controlplane"));
}

TEST_CASE("machineconfig: a patch that is none is told with its file") {
  TestSession session;
  session.Write("n1.yaml", "machine:\n  type: worker\n");
  session.Write("patch.yaml", "machine: {tokn: y}\n");
  const std::string patch = session.PathOf("patch.yaml");
  const absl::Status status =
      Run(session, {"mc", "patch", session.PathOf("n1.yaml"), "-p", "@" + patch});
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(status.message() == patch + ":1:11: machine.tokn: unknown key (did you mean \"token\"?)");
}

}  // namespace ichor::ctl
