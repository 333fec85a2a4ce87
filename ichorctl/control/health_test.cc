#include <string>

#include "catch2/catch_test_macros.hpp"
#include "cluster/cluster.pb.h"
#include "cosi/resource/state.pb.h"
#include "ichorctl/control/parts.h"
#include "ichorctl/nodes/test_node.h"
#include "lib/base/status_matchers.h"
#include "machine/machine.pb.h"
#include "talos/resource/definitions/runtime/runtime.pb.h"

namespace ichor::ctl {
namespace {

using base::IsOk;
using base::StatusIs;

// A node that is ready from the second question on, with one service of this health.
void AnswerAlone(TestNode& node, int& asked, bool healthy) {
  node.Answer("/cosi.resource.State/Get", [&asked](const TestNode::Call&) {
    talos::resource::definitions::runtime::MachineStatusSpec status;
    status.set_stage(talos::resource::definitions::enums::MACHINE_STAGE_RUNNING);
    status.mutable_status()->set_ready(++asked > 1);
    if (asked == 1) {
      auto& condition = *status.mutable_status()->add_unmet_conditions();
      condition.set_name("time");
      condition.set_reason("time is not synced");
    }
    cosi::resource::GetResponse reply;
    reply.mutable_resource()->mutable_spec()->set_proto_spec(status.SerializeAsString());
    return TestNode::Reply{.messages = {reply.SerializeAsString()}};
  });
  node.Answer("/cosi.resource.State/List", [](const TestNode::Call&) {
    talos::resource::definitions::runtime::DiagnosticSpec spec;
    spec.set_message("EPHEMERAL is full");
    spec.add_details("nothing is left");
    cosi::resource::ListResponse reply;
    reply.mutable_resource()->mutable_metadata()->set_id("ephemeral-full");
    reply.mutable_resource()->mutable_spec()->set_proto_spec(spec.SerializeAsString());
    return TestNode::Reply{.messages = {reply.SerializeAsString()}};
  });
  machine::ServiceListResponse services;
  machine::ServiceInfo& service = *services.add_messages()->add_services();
  service.set_id("apid");
  service.set_state("Running");
  service.mutable_health()->set_healthy(healthy);
  node.Answer("/machine.MachineService/ServiceList", services);
}

}  // namespace

TEST_CASE("health: a node that checks its cluster tells what it waits for") {
  TestNode node;
  cluster::HealthCheckProgress progress;
  progress.set_message("waiting for etcd to be healthy: OK");
  node.Answer("/cluster.ClusterService/HealthCheck", progress);
  REQUIRE_THAT(node.Run(HealthCommand, {"--wait-timeout", "5m", "--worker-nodes", "a,b"}), IsOk());
  CHECK(node.err() == "waiting for etcd to be healthy: OK\n");
  cluster::HealthCheckRequest request;
  REQUIRE(request.ParseFromString(node.calls().front().request));
  CHECK(request.wait_timeout().seconds() == 300);
  CHECK(request.cluster_info().worker_nodes_size() == 2);
}

TEST_CASE("health: another node is looked at by itself, until it is ready") {
  TestNode node;
  int asked = 0;
  AnswerAlone(node, asked, true);
  REQUIRE_THAT(node.Run(HealthCommand, {}), IsOk());
  CHECK(node.err() ==
        "diagnostic ephemeral-full: EPHEMERAL is full: nothing is left\n"
        "waiting for the machine to be running and ready: not ready: time: time is not synced\n"
        "waiting for the machine to be running and ready: OK\n"
        "waiting for all services to be healthy: OK\n");
}

TEST_CASE("health: what is not well in time is the error") {
  TestNode node;
  int asked = 1;
  AnswerAlone(node, asked, false);
  CHECK_THAT(node.Run(HealthCommand, {"--server=false", "--wait-timeout", "1s"}),
             StatusIs(absl::StatusCode::kDeadlineExceeded, "apid is not healthy"));
}

}  // namespace ichor::ctl
