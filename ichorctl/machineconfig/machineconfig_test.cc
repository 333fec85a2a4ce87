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

absl::Status Run(TestSession& session, const std::vector<std::string>& words) {
  const Command root{
      .name = "ichorctl", .summary = "", .commands = {MachineConfigCommand(), ValidateCommand()}};
  Invocation invocation;
  if (absl::Status status = Parse(root, words, invocation); !status.ok()) {
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

TEST_CASE("validate: a good config is told as such") {
  TestSession session;
  REQUIRE_THAT(Run(session, {"mc", "gen", "home", "https://api.example.org:6443", "-t", "worker",
                             "-o", session.PathOf("worker.yaml"), "--talos-version", "v1.6"}),
               IsOk());
  const std::string path = session.PathOf("worker.yaml");
  const absl::Status status = Run(session, {"validate", "-c", path, "-m", "metal", "--strict"});
  CHECK_THAT(status, IsOk());
  CHECK(session.out() == path + " is valid for metal mode\n");
}

TEST_CASE("validate: all that is wrong is told, with its place") {
  TestSession session;
  session.Write("bad.yaml",
                "machine:\n  type: worker\n  network:\n    nameservers: [x]\n    interfaces:\n     "
                " - dhcp: true\n");
  const std::string path = session.PathOf("bad.yaml");
  const absl::Status status = Run(session, {"validate", "-c", path, "-m", "metal"});
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK(status.message().starts_with(path + ":"));
  CHECK(session.out().empty());
}

TEST_CASE("validate: what is missing on the command line is told") {
  TestSession session;
  CHECK_THAT(Run(session, {"validate"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "--config is missing: the file that is validated"));
  CHECK_THAT(Run(session, {"validate", "-c", "x"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "--mode is missing: what the machine is, one of metal, cloud, container"));
}

TEST_CASE("machineconfig: an old config moves into the documents of today, and each move is told") {
  TestSession session;
  session.Write("old.yaml", "machine:\n  type: worker  # stays\n  network:\n    hostname: n1\n");
  REQUIRE_THAT(
      Run(session, {"mc", "migrate", session.PathOf("old.yaml"), "-o", session.PathOf("new.yaml")}),
      IsOk());
  CHECK(session.err() == session.PathOf("old.yaml") +
                             ":4: machine.network.hostname → HostnameConfig.hostname: n1\n");
  const std::string made = session.Read("new.yaml");
  CHECK(made.contains("  type: worker  # stays\n"));
  CHECK(made.contains("kind: HostnameConfig\nhostname: n1\n"));
}

}  // namespace ichor::ctl
