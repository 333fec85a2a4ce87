#include "machined/node_object/policy.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/kube/fake_api.h"
#include "lib/kube/json.h"
#include "lib/kube/objects.h"
#include "lib/resource/address_text.h"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using google::protobuf::Struct;

constexpr const char* kPath = "/api/v1/nodes/n1";

// A node in a cluster, on which wishes are done.
struct Fixture {
  explicit Fixture(const std::string& yaml) {
    Struct node;
    REQUIRE(FromYaml(yaml, node).ok());
    api.Put(kPath, node);
  }

  // Does the wish; false if there was nothing to do.
  bool Do(const NodeWish& wish) {
    const auto patch = PlanNode(api.At(kPath), wish);
    if (!patch.has_value()) {
      return false;
    }
    kube::Objects objects(api, "talos");
    REQUIRE(objects.Patch({.api_version = "v1", .kind = "Node", .name = "n1"}, *patch).ok());
    CHECK_FALSE(PlanNode(api.At(kPath), wish).has_value());
    return true;
  }

  std::string At(std::initializer_list<std::string_view> path) {
    return TextAt(api.At(kPath), path);
  }
  bool Has(std::initializer_list<std::string_view> path) {
    return Find(api.At(kPath), path) != nullptr;
  }
  std::string Taints() {
    const Struct node = api.At(kPath);
    const auto* const taints = Find(node, {"spec", "taints"});
    return taints == nullptr ? "" : kube::ToJson(Object({{"t", *taints}}));
  }

  kube::FakeApi api;
};

NodeWish Taint(const std::string& key, const std::string& text) {
  return {.taints = {{key, Text(text)}}};
}

}  // namespace

TEST_CASE("node object: labels and annotations are set, changed and taken away again") {
  Fixture f("metadata: {name: n1, labels: {theirs: a}}");
  CHECK(f.Do({.labels = {{"x", "1"}, {"y", ""}}, .annotations = {{"note", "n"}}}));
  CHECK(f.At({"metadata", "labels", "x"}) == "1");
  CHECK(f.At({"metadata", "annotations", "note"}) == "n");
  CHECK(f.At({"metadata", "annotations", "talos.dev/owned-labels"}) == R"(["x","y"])");
  CHECK(f.At({"metadata", "annotations", "talos.dev/owned-annotations"}) == R"(["note"])");
  CHECK(f.Do({.labels = {{"x", "2"}}}));
  CHECK(f.At({"metadata", "labels", "x"}) == "2");
  CHECK_FALSE(f.Has({"metadata", "labels", "y"}));
  CHECK_FALSE(f.Has({"metadata", "annotations", "note"}));
  CHECK_FALSE(f.Has({"metadata", "annotations", "talos.dev/owned-annotations"}));
  CHECK(f.Do({}));
  CHECK(f.At({"metadata", "labels", "theirs"}) == "a");
  CHECK_FALSE(f.Do({}));
}

TEST_CASE("node object: what somebody else wrote stays, unless it says the same") {
  Fixture f("metadata: {name: n1, labels: {a: theirs, b: same}}");
  CHECK(f.Do({.labels = {{"a", "ours"}, {"b", "same"}}}));
  CHECK(f.At({"metadata", "labels", "a"}) == "theirs");
  CHECK(f.At({"metadata", "annotations", "talos.dev/owned-labels"}) == R"(["b"])");
  CHECK(f.Do({}));
  CHECK(f.At({"metadata", "labels", "a"}) == "theirs");
  CHECK_FALSE(f.Has({"metadata", "labels", "b"}));
}

TEST_CASE("node object: taints, beside those of others") {
  Fixture f(
      "metadata: {name: n1}\nspec: {taints: [{key: node.kubernetes.io/not-ready, effect: "
      "NoSchedule}, {key: theirs, value: v, effect: NoExecute}]}");
  CHECK(f.Do(Taint("ours", "key: 'ours' effect: 'NoSchedule'")));
  CHECK(f.Taints() == R"({"t":[{"effect":"NoSchedule","key":"node.kubernetes.io/not-ready"},)"
                      R"({"effect":"NoExecute","key":"theirs","value":"v"},)"
                      R"({"effect":"NoSchedule","key":"ours"}]})");
  CHECK(f.At({"metadata", "annotations", "talos.dev/owned-taints"}) == R"(["ours"])");
  CHECK(f.Do(Taint("ours", "key: 'ours' value: 'x' effect: 'NoSchedule'")));
  CHECK(f.Taints().contains(R"({"effect":"NoSchedule","key":"ours","value":"x"})"));
  CHECK_FALSE(f.Do(Taint("ours", "key: 'ours' value: 'x' effect: 'NoSchedule'")));
  CHECK(f.Do(Taint("theirs", "key: 'theirs' effect: 'NoSchedule'")));
  CHECK(f.Taints() == R"({"t":[{"effect":"NoSchedule","key":"node.kubernetes.io/not-ready"},)"
                      R"({"effect":"NoExecute","key":"theirs","value":"v"}]})");
  CHECK_FALSE(f.Has({"metadata", "annotations", "talos.dev/owned-taints"}));
}

TEST_CASE("node object: workloads are kept away from a machine that goes down") {
  const auto none = AllOf<k8s::NodeLabelSpec>({});
  const auto wish = [&none](const std::string& stage) {
    return NodeWishOf(none, AllOf<k8s::NodeAnnotationSpec>({}), AllOf<k8s::NodeTaintSpec>({}),
                      AllOf<runtime::MachineStatus>({{"machine", "stage: " + stage}}));
  };
  Fixture f("metadata: {name: n1}");
  CHECK_FALSE(f.Do(wish("MACHINE_STAGE_RUNNING")));
  CHECK(f.Do(wish("MACHINE_STAGE_SHUTTING_DOWN")));
  CHECK(f.At({"metadata", "annotations", "talos.dev/cordoned"}) == "true");
  CHECK(f.Has({"spec", "unschedulable"}));
  CHECK_FALSE(f.Do(wish("MACHINE_STAGE_REBOOTING")));
  CHECK(f.Do(wish("MACHINE_STAGE_BOOTING")));
  CHECK_FALSE(f.Has({"spec", "unschedulable"}));
  CHECK_FALSE(f.Has({"metadata", "annotations", "talos.dev/cordoned"}));

  Fixture theirs("metadata: {name: n1}\nspec: {unschedulable: true}");
  CHECK_FALSE(theirs.Do(wish("MACHINE_STAGE_RESETTING")));
  CHECK_FALSE(theirs.Do(wish("MACHINE_STAGE_RUNNING")));
}

TEST_CASE("node object: what a node and the API servers' slice say") {
  Struct node;
  REQUIRE(FromYaml("metadata: {name: n1, labels: {a: b}, annotations: {c: d}}\n"
                   "spec: {unschedulable: true, podCIDRs: [10.244.0.0/24]}\n"
                   "status: {conditions: [{type: Ready, status: \"True\"}]}",
                   node)
              .ok());
  const auto status = NodeStatusOf(node);
  CHECK(status.nodename() == "n1");
  CHECK(status.node_ready());
  CHECK(status.unschedulable());
  CHECK(status.labels().at("a") == "b");
  CHECK(ToText(status.pod_cidrs(0)) == "10.244.0.0/24");
  CHECK_FALSE(NodeStatusOf(Object({})).node_ready());

  Struct slice;
  REQUIRE(FromYaml("endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}, "
                   "{addresses: [10.0.0.2], conditions: {ready: false}}]",
                   slice)
              .ok());
  const auto endpoint = EndpointOfSlice(slice);
  REQUIRE(endpoint.addresses_size() == 1);
  CHECK(ToText(endpoint.addresses(0)) == "10.0.0.1");
}

TEST_CASE("node object: why it is not ready, in the kubelet's words") {
  const auto why = [](const std::string& yaml) {
    Struct node;
    REQUIRE(FromYaml(yaml, node).ok());
    return NodeConditionOf(node, std::chrono::sys_seconds(std::chrono::seconds(100))).not_ready();
  };
  CHECK(why("status: {conditions: [{type: Ready, status: \"True\", message: fine}]}").empty());
  CHECK(why("status: {conditions: [{type: DiskPressure, status: \"True\", message: no}, "
            "{type: Ready, status: \"False\", message: no network}]}") == "no network");
  CHECK(why("status: {conditions: [{type: Ready, status: Unknown}]}") ==
        "its kubelet has not said so yet");
  const std::string ready = "status: {conditions: [{type: Ready, status: \"True\", ";
  CHECK(why(ready + "lastHeartbeatTime: \"1970-01-01T00:01:40Z\"}]}").empty());
  CHECK(why(ready + "lastHeartbeatTime: \"1970-01-01T00:01:39Z\"}]}") ==
        "its kubelet has not said so since the machine booted");
  CHECK(why("metadata: {name: n1}") == "its kubelet has not said so yet");
}

}  // namespace ichor
