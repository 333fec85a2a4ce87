#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "common/common.pb.h"
#include "cosi/resource/state.pb.h"
#include "ichor/node_service.pb.h"
#include "ichorctl/apply/parts.h"
#include "ichorctl/look/ask.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"

namespace ichor::ctl {
namespace {

using base::IsOk;
using base::StatusIs;
using Request = machine::ApplyConfigurationRequest;

constexpr const char* kConfig = "version: v1alpha1\nmachine:\n    type: worker # mine\n";

// A node that has a config and takes others, unless they contain "bad".
struct Fixture {
  explicit Fixture(const TestNode::Options& options = {}) : node(options) {
    cosi::resource::GetResponse current;
    cosi::resource::Resource& resource = *current.mutable_resource();
    (*resource.mutable_metadata()->mutable_annotations())["talos.dev/yaml-spec"] = "1";
    resource.mutable_spec()->set_yaml_spec(
        "|\n    version: v1alpha1\n    machine:\n        type: worker # mine\n");
    node.Answer("/cosi.resource.State/Get", current);
    node.Answer(MachineMethod("ApplyConfiguration"), [this](const TestNode::Call& call) {
      Request& request = applied.emplace_back();
      request.ParseFromString(call.request);
      if (request.data().contains("bad")) {
        return TestNode::Reply{.messages = {},
                               .status = absl::InvalidArgumentError("3:1: bad is bad\nand so on")};
      }
      machine::ApplyConfigurationResponse reply;
      machine::ApplyConfiguration& result = *reply.add_messages();
      result.add_warnings("eth0 is renamed");
      result.set_mode(reply_mode);
      result.set_mode_details("Applied configuration without a reboot");
      return TestNode::Reply{.messages = {reply.SerializeAsString()}};
    });
    node.session().Write("n1.yaml", kConfig);
  }

  std::string file() { return node.session().PathOf("n1.yaml"); }

  void EditWith(const std::string& editor) { node.world().environment["EDITOR"] = editor; }

  TestNode node;
  std::vector<Request> applied;
  Request::Mode reply_mode = Request::NO_REBOOT;
};

machine::Event EventOf(const machine::MachineStatusEvent& status) {
  machine::Event event;
  event.mutable_data()->set_type_url("talos/runtime/machine.MachineStatusEvent");
  event.mutable_data()->set_value(status.SerializeAsString());
  return event;
}

machine::Event ReadyEvent() {
  machine::MachineStatusEvent status;
  status.set_stage(machine::MachineStatusEvent::RUNNING);
  status.mutable_status()->set_ready(true);
  return EventOf(status);
}

}  // namespace

TEST_CASE("apply-config: the file goes as it is, warnings and what happens are shown") {
  Fixture f;
  REQUIRE_THAT(f.node.Run(ApplyConfigCommand, {"-f", f.file()}), IsOk());
  REQUIRE(f.applied.size() == 1);
  CHECK(f.applied[0].data() == kConfig);
  CHECK(f.applied[0].mode() == Request::AUTO);
  CHECK(f.applied[0].try_mode_timeout().seconds() == 60);
  CHECK(f.node.err() == "warning: eth0 is renamed\nApplied configuration without a reboot\n");
  REQUIRE_THAT(f.node.Run(ApplyConfigCommand, {"-f", f.file(), "-m", "try", "--timeout", "5m",
                                               "--dry-run", "-n", "a,b"}),
               IsOk());
  CHECK(f.applied[1].mode() == Request::TRY);
  CHECK(f.applied[1].dry_run());
  CHECK(f.applied[1].try_mode_timeout().seconds() == 300);
  CHECK(f.node.err().starts_with("warning: a: eth0 is renamed\na: Applied"));
}

TEST_CASE("apply-config: patches are applied before, and what is refused is told whole") {
  Fixture f;
  REQUIRE_THAT(
      f.node.Run(ApplyConfigCommand, {"-f", f.file(), "-p", "{machine: {type: controlplane}}"}),
      IsOk());
  CHECK(f.applied[0].data().contains("type: controlplane # mine"));
  f.node.session().Write("n1.yaml", "bad");
  CHECK_THAT(f.node.Run(ApplyConfigCommand, {"-f", f.file()}),
             StatusIs(absl::StatusCode::kInvalidArgument, "10.0.0.2: 3:1: bad is bad\nand so on"));
  CHECK_THAT(f.node.Run(ApplyConfigCommand, {}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "--file is missing: the config that is applied"));
}

TEST_CASE("apply-config: with a window to confirm in, the call is one of ours") {
  Fixture f;
  v1::ApplyResponse reply;
  reply.add_warnings("careful");
  reply.set_details("applied");
  reply.mutable_confirm_until()->set_seconds(60);
  v1::ApplyRequest request;
  f.node.Answer("/ichor.v1.NodeService/Apply", [&](const TestNode::Call& call) {
    request.ParseFromString(call.request);
    return TestNode::Reply{.messages = {reply.SerializeAsString()}};
  });
  REQUIRE_THAT(f.node.Run(ApplyConfigCommand,
                          {"-f", f.file(), "--confirm-within", "5m", "--force", "-m", "no-reboot"}),
               IsOk());
  CHECK(f.applied.empty());
  CHECK(request.config() == kConfig);
  CHECK(request.mode() == v1::NO_REBOOT);
  CHECK(request.confirm_within().seconds() == 300);
  CHECK(request.force());
  CHECK(f.node.err() ==
        "warning: careful\napplied\n10.0.0.2: the config before comes back at 1970-01-01 00:01:00 "
        "+0000 UTC, unless `ichorctl confirm` reaches the node until then\n");
}

TEST_CASE("apply-config: --wait ends when the node is ready, after a reboot in another boot") {
  Fixture f;
  f.reply_mode = Request::REBOOT;
  f.node.Answer(MachineMethod("Events"), ReadyEvent());
  int reads = 0;
  f.node.Answer(MachineMethod("Read"), [&](const TestNode::Call&) {
    common::Data data;
    data.set_bytes(++reads > 2 ? "new" : "old");
    return TestNode::Reply{.messages = {data.SerializeAsString()}};
  });
  REQUIRE_THAT(f.node.Run(ApplyConfigCommand, {"-f", f.file(), "--wait"}), IsOk());
  CHECK(reads == 3);
  CHECK(f.node.err().ends_with("10.0.0.2: started again and ready\n"));
}

TEST_CASE("apply-config: --wait calls a node without a config by its name, not by its port") {
  Fixture f({.maintenance = true});
  f.node.Answer(MachineMethod("Events"), ReadyEvent());
  REQUIRE_THAT(f.node.Run(ApplyConfigCommand,
                          {"-f", f.file(), "--insecure", "--wait", "-n", f.node.address()}),
               IsOk());
  REQUIRE_FALSE(f.node.calls().empty());
  CHECK(f.node.calls().back().node == "127.0.0.1");
}

TEST_CASE("apply-config: --wait ends at the node of a new cluster, which waits for bootstrap") {
  Fixture f;
  machine::MachineStatusEvent status;
  status.set_stage(machine::MachineStatusEvent::RUNNING);
  auto& condition = *status.mutable_status()->add_unmet_conditions();
  condition.set_name("services");
  condition.set_reason("etcd not running");
  status.mutable_status()->add_unmet_conditions()->set_name("nodeReady");
  f.node.Answer(MachineMethod("Events"), EventOf(status));
  machine::ServiceListResponse services;
  machine::ServiceInfo& etcd = *services.add_messages()->add_services();
  etcd.set_id("etcd");
  etcd.mutable_events()->add_events()->set_msg("Preparing");
  etcd.mutable_events()->add_events()->set_msg("waits for bootstrap: run `ichorctl bootstrap`");
  f.node.Answer(MachineMethod("ServiceList"), services);
  REQUIRE_THAT(f.node.Run(ApplyConfigCommand, {"-f", f.file(), "--wait"}), IsOk());
  CHECK(f.node.err().ends_with(
      "10.0.0.2: running; etcd waits for bootstrap: run `ichorctl bootstrap`\n"));
}

TEST_CASE("apply-config: --wait says which node is not ready in time") {
  Fixture f;
  f.node.Fail(MachineMethod("Events"), absl::UnavailableError("gone"));
  f.node.Fail(MachineMethod("Read"), absl::PermissionDeniedError("no"));
  CHECK_THAT(f.node.Run(ApplyConfigCommand, {"-f", f.file(), "--wait", "--wait-timeout", "1s"}),
             StatusIs(absl::StatusCode::kDeadlineExceeded, "10.0.0.2: not done after 1s"));
}

TEST_CASE("patch: the config of the node is changed and sent, comments stay") {
  Fixture f;
  REQUIRE_THAT(f.node.Run(PatchNodeCommand,
                          {"mc", "-p", "{machine: {type: controlplane}}", "-m", "no-reboot"}),
               IsOk());
  REQUIRE(f.applied.size() == 1);
  CHECK(f.applied[0].data() == "version: v1alpha1\nmachine:\n    type: controlplane # mine\n");
  CHECK(f.applied[0].mode() == Request::NO_REBOOT);
  CHECK(f.node.err().ends_with(
      "patched MachineConfigs.config.talos.dev/v1alpha1 at the node 10.0.0.2\n"));
  f.node.session().Write("p.yaml", "machine: {type: worker}\n");
  REQUIRE_THAT(
      f.node.Run(PatchNodeCommand, {"mc", "--patch-file", f.node.session().PathOf("p.yaml")}),
      IsOk());
  CHECK(f.applied.size() == 1);
  CHECK(f.node.err() == "Apply was skipped: no changes detected.\n");
  CHECK_THAT(f.node.Run(PatchNodeCommand, {"mc"}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "either --patch or --patch-file should be defined"));
}

TEST_CASE("edit: what the editor leaves is applied, without the lines that we put above it") {
  Fixture f;
  f.EditWith("sed -i s/worker/controlplane/");
  REQUIRE_THAT(f.node.Run(EditCommand, {"machineconfig"}), IsOk());
  REQUIRE(f.applied.size() == 1);
  CHECK(f.applied[0].data() == "version: v1alpha1\nmachine:\n    type: controlplane # mine\n");
  f.EditWith("true");
  REQUIRE_THAT(f.node.Run(EditCommand, {"machineconfig"}), IsOk());
  CHECK(f.applied.size() == 1);
  CHECK(f.node.err() == "Apply was skipped: no changes detected.\n");
  f.EditWith("false");
  CHECK_THAT(f.node.Run(EditCommand, {"machineconfig"}),
             StatusIs(absl::StatusCode::kAborted, "10.0.0.2: the editor \"false\" failed"));
}

TEST_CASE(
    "edit: what the node refuses comes back with the reason above it, and is kept at the end") {
  Fixture f;
  f.node.session().Write("editor",
                         "if grep -q '#   3:1: bad is bad' \"$1\"; then\n"
                         "  sed -i s/bad:/debug:/ \"$1\"\nelse\n"
                         "  echo 'bad: true' >> \"$1\"\nfi\n");
  f.EditWith("sh " + f.node.session().PathOf("editor"));
  REQUIRE_THAT(f.node.Run(EditCommand, {"machineconfig", "-m", "staged"}), IsOk());
  REQUIRE(f.applied.size() == 2);
  CHECK(f.applied[0].data().ends_with("\nbad: true\n"));
  CHECK(f.applied[1].data().ends_with("\ndebug: true\n"));
  CHECK(f.applied[1].mode() == Request::STAGED);
  f.applied.clear();
  f.EditWith("sed -i s/worker/bad/");  // the second time there is nothing to replace
  CHECK_THAT(f.node.Run(EditCommand, {"machineconfig"}),
             StatusIs(absl::StatusCode::kInvalidArgument, "10.0.0.2: 3:1: bad is bad\nand so on"));
  CHECK(f.applied.size() == 1);
  const std::string kept = f.node.err();
  REQUIRE(kept.starts_with("A copy of your changes is in /"));
  const std::string path = kept.substr(kept.find('/'), kept.size() - kept.find('/') - 1);
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK(text.contains("#   3:1: bad is bad\n#   and so on\n"));
  CHECK(text.ends_with("    type: bad # mine\n"));
  std::filesystem::remove_all(std::filesystem::path(path).parent_path());
}

TEST_CASE("plan: what changes in the config, in resources, and whether there is a reboot") {
  Fixture f;
  v1::PlanResponse plan;
  plan.add_config_changes("machine.type: worker -> controlplane");
  v1::ResourceChange& change = *plan.add_resource_changes();
  change.set_namespace_("network");
  change.set_type("HostnameStatuses.net.talos.dev");
  change.set_id("hostname");
  change.set_before("hostname: a\n");
  change.set_after("hostname: b\n");
  plan.add_reboot_reasons("machine.install.disk is another one");
  plan.add_warnings("the address that you use goes away");
  f.node.Answer("/ichor.v1.NodeService/Plan", plan);
  REQUIRE_THAT(f.node.Run(PlanCommand, {"-f", f.file()}), IsOk());
  CHECK(f.node.out() ==
        "NODE: 10.0.0.2\nConfig:\n  machine.type: worker -> controlplane\nResources:\n"
        "  ~ HostnameStatuses.net.talos.dev(network/hostname)\n    - hostname: a\n"
        "    + hostname: b\nReboot: machine.install.disk is another one\n");
  CHECK(f.node.err() == "warning: 10.0.0.2: the address that you use goes away\n");
  f.node.Answer("/ichor.v1.NodeService/Plan", v1::PlanResponse());
  REQUIRE_THAT(f.node.Run(PlanCommand, {"-f", f.file()}), IsOk());
  CHECK(f.node.out() == "NODE: 10.0.0.2\nThe config does not change.\nReboot: no\n");
}

TEST_CASE("confirm: a node that waits for nothing says so") {
  Fixture f;
  f.node.Answer("/ichor.v1.NodeService/Confirm", v1::ConfirmResponse());
  REQUIRE_THAT(f.node.Run(ConfirmCommand, {}), IsOk());
  CHECK(f.node.out() == "10.0.0.2: confirmed\n");
  f.node.Fail("/ichor.v1.NodeService/Confirm", absl::FailedPreconditionError("nothing to confirm"));
  CHECK_THAT(f.node.Run(ConfirmCommand, {}),
             StatusIs(absl::StatusCode::kFailedPrecondition, "10.0.0.2: nothing to confirm"));
}

}  // namespace ichor::ctl
