#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "ichorctl/cli/parse.h"
#include "ichorctl/contexts/config_command.h"
#include "ichorctl/files/test_session.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "lib/pki/cluster/secrets.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

namespace {

constexpr std::string_view kFile = ".talos/config";

absl::Status Run(TestSession& session, std::vector<std::string> words) {
  const auto flags = std::make_shared<ClientFlags>();
  const auto nodes = std::make_shared<NodeFlags>();
  nodes->client = flags;
  const Command root{
      .name = "ichorctl",
      .summary = "",
      .flags = {{.name = "context", .value = "C", .help = "", .target = &flags->context}},
      .commands = {ConfigCommand(nodes)}};
  Invocation invocation;
  words.insert(words.begin(), "config");
  if (absl::Status status = Parse(root, words, invocation); !status.ok()) {
    return status;
  }
  session.Begin();
  return invocation.command().run(*session, invocation.arguments);
}

// Contexts "home", which is the current one, and "work".
void WriteTwo(const TestSession& session) {
  session.Write(kFile,
                "context: home\ncontexts:\n    home:\n        endpoints:\n            - 10.0.0.1\n"
                "    work:\n        endpoints: []\n");
}

}  // namespace

TEST_CASE("contexts: the first one added becomes the current one") {
  TestSession session;
  session.Write("ca.crt", "CA");
  session.Write("key", "KEY");
  REQUIRE_THAT(Run(session, {"add", "home", "--ca", session.PathOf("ca.crt"), "--key",
                             session.PathOf("key")}),
               IsOk());
  CHECK(session.Read(kFile) ==
        "context: home\ncontexts:\n    home:\n        endpoints: []\n        ca: Q0E=\n        "
        "key: S0VZ\n");
  REQUIRE_THAT(Run(session, {"add", "work"}), IsOk());
  CHECK(session.Read(kFile).starts_with("context: home\n"));
  CHECK_THAT(Run(session, {"add", "home"}),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      "context \"home\" exists already: `ichorctl config remove home` removes it"));
}

TEST_CASE("contexts: one is chosen, by a name that there is") {
  TestSession session;
  WriteTwo(session);
  REQUIRE_THAT(Run(session, {"use-context", "work"}), IsOk());
  CHECK(session.Read(kFile).starts_with("context: work\n"));
  CHECK_THAT(
      Run(session, {"context", "wrok"}),
      StatusIs(absl::StatusCode::kNotFound, "no context \"wrok\": there is \"home\", \"work\""));
}

TEST_CASE("contexts: endpoints, nodes and proxy of the current one or a named one are set") {
  TestSession session;
  WriteTwo(session);
  REQUIRE_THAT(Run(session, {"endpoint", "10.0.0.2", "10.0.0.3"}), IsOk());
  REQUIRE_THAT(Run(session, {"nodes", "n1", "n2", "n3", "n4"}), IsOk());
  REQUIRE_THAT(Run(session, {"proxy-url", "direct", "--context", "work"}), IsOk());
  REQUIRE_THAT(Run(session, {"contexts"}), IsOk());
  CHECK(session.out() ==
        "CURRENT   NAME   ENDPOINTS           NODES\n"
        "*         home   10.0.0.2,10.0.0.3   n1,n2,n3...\n"
        "          work\n");
  CHECK(session.Read(kFile).contains("proxy-url: direct"));
  CHECK_THAT(
      Run(session, {"proxy-url", "ftp://x"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "\"ftp://x\" is no proxy: expected socks5://…, http://…, https://… or direct"));
}

TEST_CASE("contexts: merging tells what was renamed") {
  TestSession session;
  WriteTwo(session);
  session.Write("other", "context: home\ncontexts: {home: {endpoints: [10.9.9.9]}}\n");
  REQUIRE_THAT(Run(session, {"merge", session.PathOf("other")}), IsOk());
  CHECK(session.err() == "renamed talosconfig context \"home\" -> \"home-1\"\n");
  CHECK(session.Read(kFile).starts_with("context: home-1\n"));
}

TEST_CASE("contexts: a client of the cluster's CA is made for somebody else, and shown") {
  TestSession session;
  WriteTwo(session);
  const pki::ClusterSecrets secrets = *pki::NewClusterSecrets(session.clock().Now(), {.minor = 6});
  session.Write("secrets.yaml", pki::ToYaml(secrets).text());
  REQUIRE_THAT(
      Run(session, {"new", session.PathOf("reader"), "--with-secrets",
                    session.PathOf("secrets.yaml"), "--roles", "os:reader", "--crt-ttl", "24h"}),
      IsOk());
  CHECK(session.ModeOf("reader") == 0600);
  session.Write(kFile, session.Read("reader"));
  REQUIRE_THAT(Run(session, {"info"}), IsOk());
  CHECK(session.out() ==
        "Current context:     home\n"
        "Nodes:               not defined\n"
        "Endpoints:           10.0.0.1\n"
        "Roles:               os:reader\n"
        "Certificate expires: 1 day from now (2026-01-02)\n");
  REQUIRE_THAT(Run(session, {"info", "-o", "json"}), IsOk());
  CHECK(session.out() ==
        "{\n    \"context\": \"home\",\n    \"nodes\": [],\n    \"endpoints\": [\"10.0.0.1\"],\n"
        "    \"roles\": [\"os:reader\"],\n    \"certTTL\": \"1 day from now\",\n"
        "    \"certNotAfter\": \"2026-01-02T00:00:00Z\"\n}\n");
  REQUIRE_THAT(Run(session, {"info", "-o", "yaml"}), IsOk());
  CHECK(session.out().contains("roles:\n    - os:reader\n"));
  session.clock().Advance(std::chrono::hours(25));
  REQUIRE_THAT(Run(session, {"info"}), IsOk());
  CHECK(session.out().contains("Certificate expires: expired (2026-01-02)\n"));
}

TEST_CASE("contexts: a node makes a client's file, which gets the endpoints of the context") {
  TestNode node;
  machine::GenerateClientConfigurationResponse reply;
  reply.add_messages()->set_talosconfig(
      "context: reader@home\ncontexts: {reader@home: {ca: Y2E=}}");
  const std::string method = "/machine.MachineService/GenerateClientConfiguration";
  node.Answer(method, reply);
  REQUIRE_THAT(
      node.Run(ConfigCommand, {"new", "--roles", "os:reader,os:admin", "--crt-ttl", "24h"}),
      IsOk());
  machine::GenerateClientConfigurationRequest asked;
  REQUIRE(asked.ParseFromString(node.calls().at(0).request));
  CHECK(std::vector<std::string>(asked.roles().begin(), asked.roles().end()) ==
        std::vector<std::string>{"os:admin", "os:reader"});
  CHECK(asked.crt_ttl().seconds() == 86400);
  CHECK(node.out().starts_with("context: reader@home\n"));
  CHECK(node.out().contains("- " + node.address()));
  CHECK_THAT(node.Run(ConfigCommand, {"new", "-n", "a,b"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "command \"new\" requires exactly one node (got 2)"));
  node.session().Write("there", "something");
  CHECK(absl::IsAlreadyExists(node.Run(ConfigCommand, {"new", node.session().PathOf("there")})));
  CHECK(node.calls().empty());
}

TEST_CASE("contexts: removing asks first, and leaves the current one") {
  TestSession session;
  WriteTwo(session);
  CHECK_THAT(Run(session, {"remove", "work"}),
             StatusIs(absl::StatusCode::kCancelled, "nothing was removed"));
  REQUIRE_THAT(Run(session, {"remove", "*", "--dry-run"}), IsOk());
  CHECK(session.err() ==
        "warning: context \"home\" is the current one and stays: choose another with `ichorctl "
        "config context` first\nwould remove work\n");
  REQUIRE_THAT(Run(session, {"remove", "w*k", "-y"}), IsOk());
  CHECK_FALSE(session.Read(kFile).contains("work"));
  CHECK_THAT(Run(session, {"remove", "home", "-y"}),
             StatusIs(absl::StatusCode::kNotFound, "no context to remove is called \"home\""));
}

}  // namespace ichor::ctl
