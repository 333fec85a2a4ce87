#include "ichorctl/nodes/nodes.h"

#include <map>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "google/protobuf/empty.pb.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using base::IsOk;
using base::StatusIs;

constexpr std::string_view kHostname = "/machine.MachineService/Hostname";

// A command that asks for hostnames.
Command AskCommand(const SharedNodeFlags& flags) {
  return {.name = "ask",
          .summary = "Asks",
          .flags = WithNodeFlags(flags, Maintenance::kYes),
          .run = [flags](Session& session, const std::vector<std::string>&) -> absl::Status {
            auto nodes = Nodes::Open(session, *flags);
            if (!nodes.ok()) {
              return nodes.status();
            }
            return AskAll<machine::HostnameResponse>(
                **nodes, std::string(kHostname), google::protobuf::Empty(),
                [&](const std::string& node, const machine::HostnameResponse& reply) {
                  session.out << node << ' ' << reply.messages(0).hostname() << '\n';
                  return absl::OkStatus();
                });
          }};
}

machine::HostnameResponse Hostname(const std::string& name) {
  machine::HostnameResponse reply;
  reply.add_messages()->set_hostname(name);
  return reply;
}

std::string ErrorOf(TestNode& node, const std::vector<std::string>& words = {}) {
  return std::string(node.Run(AskCommand, words).message());
}

}  // namespace

TEST_CASE("nodes: each node is asked once, by its name in the metadata") {
  TestNode node({.nodes = {"10.0.0.2", "10.0.0.3"}});
  node.Answer(std::string(kHostname), [](const TestNode::Call& call) {
    return TestNode::Reply{.messages = {Hostname("host-" + call.node).SerializeAsString()}};
  });
  REQUIRE_THAT(node.Run(AskCommand, {}), IsOk());
  CHECK(node.out() == "10.0.0.2 host-10.0.0.2\n10.0.0.3 host-10.0.0.3\n");
  CHECK(node.calls().size() == 2);
  REQUIRE_THAT(node.Run(AskCommand, {"-n", "n7"}), IsOk());
  CHECK(node.out() == "n7 host-n7\n");
}

TEST_CASE("nodes: what fails at one node is told, and the others are asked all the same") {
  TestNode node({.nodes = {"a", "b", "c"}});
  node.Answer(std::string(kHostname), [](const TestNode::Call& call) {
    return call.node == "b"
               ? TestNode::Reply{.messages = {}, .status = absl::NotFoundError("nothing here")}
               : TestNode::Reply{.messages = {Hostname("x").SerializeAsString()}};
  });
  CHECK_THAT(node.Run(AskCommand, {}), StatusIs(absl::StatusCode::kNotFound, "b: nothing here"));
  CHECK(node.out() == "a x\nc x\n");
}

TEST_CASE("nodes: endpoints are tried in turn") {
  TestNode node;
  node.Answer(std::string(kHostname), Hostname("x"));
  TestNode gone;
  const std::string dead = gone.address();
  gone.Stop();
  REQUIRE_THAT(node.Run(AskCommand, {"-e", dead + "," + node.address()}), IsOk());
  CHECK(node.out() == "10.0.0.2 x\n");
  CHECK(
      ErrorOf(node, {"-e", dead}) ==
      dead +
          ": Connection refused: a machine is there, but no API: is the node still booting, or is "
          "it another machine?");
}

TEST_CASE("nodes: without nodes or endpoints it is said where to name them") {
  TestNode node({.nodes = {}});
  CHECK(ErrorOf(node) ==
        "nodes are not set for the command: please use `--nodes` flag or configuration file to set "
        "the nodes to run the command against");
  CHECK(ErrorOf(node, {"-i"}).starts_with("--insecure asks nodes directly"));
  CHECK(ErrorOf(node, {"-n", "x", "-e", "a b"}).contains("is no endpoint"));
}

TEST_CASE("nodes: a node of another cluster is named as such, from either side") {
  TestNode stranger({.known = false});
  CHECK(ErrorOf(stranger) ==
        stranger.address() +
            ": this node belongs to another cluster: its certificate is not signed by the CA of "
            "context \"home\"; is another context meant (`ichorctl config contexts`)?");
}

TEST_CASE("nodes: a certificate that ends soon is told while it is still good") {
  TestNode node({.client_lifetime = std::chrono::hours(24 * 5)});
  node.Answer(std::string(kHostname), Hostname("x"));
  REQUIRE_THAT(node.Run(AskCommand, {}), IsOk());
  CHECK(node.err() ==
        "warning: the client certificate of context \"home\" is valid for 4 days only: `ichorctl "
        "config new` makes another one\n");
  TestNode other({.client_lifetime = std::chrono::hours(24 * 30)});
  other.Answer(std::string(kHostname), Hostname("x"));
  REQUIRE_THAT(other.Run(AskCommand, {}), IsOk());
  CHECK(other.err().empty());
}

TEST_CASE("nodes: an expired client certificate is named, with its date") {
  TestNode node({.client_lifetime = std::chrono::seconds(60)});
  node.Answer(std::string(kHostname), Hostname("x"));
  CHECK(ErrorOf(node).contains("the client certificate of context \"home\" expired on 20"));
}

TEST_CASE("nodes: a certificate that is not valid now makes one doubt the clocks") {
  TestNode node({.server_age = std::chrono::hours(GENERATE(48, -48))});
  CHECK(ErrorOf(node).contains("is the clock of this machine wrong, or that of the node?"));
}

TEST_CASE("nodes: a node in maintenance mode is asked without certificates only") {
  TestNode node(
      {.server_name = "maintenance-service.talos.dev", .maintenance = true, .known = false});
  node.Answer(std::string(kHostname), Hostname("x"));
  CHECK(ErrorOf(node) ==
        node.address() +
            ": this node is in maintenance mode, it has no config yet: use --insecure (and "
            "--cert-fingerprint " +
            node.fingerprint() + ", if its console shows that)");
  REQUIRE_THAT(node.Run(AskCommand, {"-i", "-n", node.address()}), IsOk());
  CHECK(node.out() == node.address() + " x\n");
  CHECK(node.calls().front().node.empty());
  REQUIRE_THAT(node.Run(AskCommand, {"-i", "-n", node.address(), "--cert-fingerprint",
                                     "other," + node.fingerprint()}),
               IsOk());
  CHECK(
      ErrorOf(node, {"-i", "-n", node.address(), "--cert-fingerprint", "other"})
          .ends_with("the node's certificate has another fingerprint: " + node.fingerprint() + ""));
}

TEST_CASE("nodes: a configured node is not asked without certificates") {
  TestNode node;
  node.Answer(std::string(kHostname), Hostname("x"));
  CHECK(ErrorOf(node, {"-i", "-n", node.address()})
            .ends_with(": this node has its config and asks for a client certificate: leave out "
                       "--insecure"));
}

TEST_CASE("nodes: a missing role is named, with those that would do") {
  TestNode node({.roles = {"os:etcd:backup"}});
  node.Fail(std::string(kHostname), absl::PermissionDeniedError("not authorized"));
  CHECK(ErrorOf(node) ==
        "10.0.0.2: not authorized: this needs the role os:admin or os:operator or os:reader; the "
        "certificate of context \"home\" has os:etcd:backup");
}

}  // namespace ichor::ctl
