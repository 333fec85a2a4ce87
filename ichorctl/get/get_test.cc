#include <string>

#include "catch2/catch_test_macros.hpp"
#include "cosi/resource/meta.pb.h"
#include "cosi/resource/state.pb.h"
#include "ichorctl/get/get_command.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {
namespace {

using base::IsOk;
using base::StatusIs;
using cosi::resource::Resource;

Resource Row(const std::string& id, const std::string& yaml) {
  Resource row;
  cosi::resource::Metadata& metadata = *row.mutable_metadata();
  metadata.set_namespace_("network");
  metadata.set_type("LinkStatuses.net.talos.dev");
  metadata.set_id(id);
  metadata.set_version("3");
  metadata.set_owner("network.links");
  metadata.set_phase("running");
  metadata.mutable_created()->set_seconds(60);
  metadata.mutable_updated()->set_seconds(120);
  row.mutable_spec()->set_yaml_spec(yaml);
  return row;
}

std::string Definition() {
  cosi::resource::meta::ResourceDefinitionSpec spec;
  spec.set_resource_type("LinkStatuses.net.talos.dev");
  spec.set_display_type("LinkStatus");
  spec.set_default_namespace("network");
  for (const char* const alias : {"link", "links", "linkstatus"}) {
    spec.add_aliases(alias);
    spec.add_all_aliases(alias);
  }
  auto& column = *spec.add_print_columns();
  column.set_name("Type");
  column.set_json_path("{.type}");
  cosi::resource::ListResponse row;
  row.mutable_resource()->mutable_spec()->set_proto_spec(spec.SerializeAsString());
  return row.SerializeAsString();
}

std::string Listed(const Resource& row) {
  cosi::resource::ListResponse reply;
  *reply.mutable_resource() = row;
  return reply.SerializeAsString();
}

// Two links, and the definition of their type.
void AnswerLinks(TestNode& node) {
  node.Answer("/cosi.resource.State/List", [](const TestNode::Call& call) {
    cosi::resource::ListRequest request;
    request.ParseFromString(call.request);
    if (request.type() == "ResourceDefinitions.meta.cosi.dev") {
      return TestNode::Reply{.messages = {Definition()}};
    }
    return TestNode::Reply{.messages = {Listed(Row("eth0", "type: ether\nnames: [a, b]\n")),
                                        Listed(Row("lo", "type: loopback\n"))}};
  });
  cosi::resource::GetResponse one;
  *one.mutable_resource() = Row("lo", "type: loopback\nmtu: 65536\n");
  node.Answer("/cosi.resource.State/Get", one);
}

std::string Event(cosi::resource::EventType type, const Resource& row) {
  cosi::resource::WatchResponse reply;
  reply.add_event()->set_event_type(type);
  *reply.mutable_event(0)->mutable_resource() = row;
  return reply.SerializeAsString();
}

}  // namespace

TEST_CASE("get: a table with the columns of the type, found by any alias in any case") {
  TestNode node;
  AnswerLinks(node);
  REQUIRE_THAT(node.Run(GetCommand, {"Links"}), IsOk());
  CHECK(node.out() ==
        "NODE       NAMESPACE   TYPE         ID     VERSION   TYPE\n"
        "10.0.0.2   network     LinkStatus   eth0   3         ether\n"
        "10.0.0.2   network     LinkStatus   lo     3         loopback\n");
  CHECK_THAT(node.Run(GetCommand, {"lnks"}),
             StatusIs(absl::StatusCode::kNotFound,
                      "resource type \"lnks\" is not registered (did you mean \"links\" or "
                      "\"link\"?)"));
}

TEST_CASE("get: one resource as YAML, JSON, and what a path finds in it") {
  TestNode node;
  AnswerLinks(node);
  REQUIRE_THAT(node.Run(GetCommand, {"link", "lo", "-o", "yaml"}), IsOk());
  CHECK(node.out() ==
        "node: 10.0.0.2\nmetadata:\n    namespace: network\n    type: LinkStatuses.net.talos.dev\n"
        "    id: lo\n    version: 3\n    owner: network.links\n    phase: running\n"
        "    created: 1970-01-01T00:01:00Z\n    updated: 1970-01-01T00:02:00Z\n"
        "spec:\n    type: loopback\n    mtu: 65536\n");
  REQUIRE_THAT(node.Run(GetCommand, {"link", "lo", "-o", "json"}), IsOk());
  CHECK(node.out().starts_with("{\n    \"metadata\": {\n        \"created\": "));
  CHECK(
      node.out().ends_with("    \"node\": \"10.0.0.2\",\n    \"spec\": {\n        \"mtu\": 65536,\n"
                           "        \"type\": \"loopback\"\n    }\n}\n"));
  REQUIRE_THAT(node.Run(GetCommand, {"link", "lo", "-o", "jsonpath={.spec.mtu}"}), IsOk());
  CHECK(node.out() == "65536\n");
  CHECK(node.Run(GetCommand, {"link", "-o", "xml"}).code() == absl::StatusCode::kInvalidArgument);
}

TEST_CASE("get: a spec that is one text is a block, several documents stand apart") {
  TestNode node;
  AnswerLinks(node);
  cosi::resource::GetResponse one;
  *one.mutable_resource() = Row("v1alpha1", "|\n    version: v1alpha1\n    debug: false\n");
  node.Answer("/cosi.resource.State/Get", one);
  REQUIRE_THAT(node.Run(GetCommand, {"link", "v1alpha1", "-o", "yaml"}), IsOk());
  CHECK(node.out().ends_with("spec: |\n    version: v1alpha1\n    debug: false\n"));
  REQUIRE_THAT(node.Run(GetCommand, {"link", "-o", "yaml"}), IsOk());
  CHECK(node.out().contains("\n---\nnode: 10.0.0.2\n"));
}

TEST_CASE("get: a watch tells what is there, then what changes, with marks") {
  TestNode node;
  AnswerLinks(node);
  node.Answer("/cosi.resource.State/Watch", [](const TestNode::Call&) {
    cosi::resource::WatchResponse ready;
    ready.add_event()->set_event_type(cosi::resource::BOOTSTRAPPED);
    return TestNode::Reply{
        .messages = {cosi::resource::WatchResponse().SerializeAsString(),
                     Event(cosi::resource::CREATED, Row("eth0", "type: ether\n")),
                     ready.SerializeAsString(),
                     Event(cosi::resource::UPDATED, Row("eth0", "type: ether\n")),
                     Event(cosi::resource::DESTROYED, Row("eth0", ""))},
        .status = absl::UnavailableError("bye")};
  });
  CHECK_THAT(node.Run(GetCommand, {"link", "-w"}),
             StatusIs(absl::StatusCode::kUnavailable, "10.0.0.2: bye"));
  CHECK(node.out() ==
        "NODE       *   NAMESPACE   TYPE         ID     VERSION   TYPE\n"
        "10.0.0.2   +   network     LinkStatus   eth0   3         ether\n"
        "10.0.0.2       network     LinkStatus   eth0   3         ether\n"
        "10.0.0.2   -   network     LinkStatus   eth0   3\n");
  cosi::resource::WatchRequest request;
  REQUIRE(request.ParseFromString(node.calls().back().request));
  CHECK(request.options().bootstrap_contents());
  CHECK(request.api_version() == 1);
}

TEST_CASE("get: what one node has not is told, and the others are shown") {
  TestNode node({.nodes = {"a", "b"}});
  AnswerLinks(node);
  node.Answer("/cosi.resource.State/Get", [](const TestNode::Call& call) {
    cosi::resource::GetResponse one;
    *one.mutable_resource() = Row("lo", "type: loopback\n");
    return call.node == "a"
               ? TestNode::Reply{.messages = {}, .status = absl::NotFoundError("no lo here")}
               : TestNode::Reply{.messages = {one.SerializeAsString()}};
  });
  CHECK_THAT(node.Run(GetCommand, {"link", "lo"}),
             StatusIs(absl::StatusCode::kNotFound, "a: no lo here"));
  CHECK(node.out().contains("b      network     LinkStatus   lo "));
}

}  // namespace ichor::ctl
