#include "machined/pod_status/policy.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/resource/tree.h"
#include "lib/resource/yaml.h"

namespace ichor {

TEST_CASE("pod status: pods of the machine are shown, pods of the API server are not") {
  google::protobuf::Struct list;
  REQUIRE(FromYaml(R"(
items:
- metadata: {namespace: kube-system, name: a-n1, annotations: {kubernetes.io/config.source: http}}
  status: {phase: Running}
- metadata: {namespace: default, name: b-n1, annotations: {kubernetes.io/config.source: file}}
- metadata: {namespace: default, name: c, annotations: {kubernetes.io/config.source: api}}
- metadata: {namespace: default, name: d}
- metadata: {namespace: kube-system, name: a-n1, annotations: {kubernetes.io/config.source: http}}
  status: {phase: Pending}
)",
                   list)
              .ok());
  StaticPodSight seen = StaticPodsOf(list);
  CHECK_FALSE(seen.ready);
  const Rows rows = std::move(seen.statuses).Take();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].id == "kube-system/a-n1");
  const auto& spec = static_cast<const k8s::StaticPodStatus::Spec&>(*rows[0].spec->message());
  CHECK(TextAt(spec.pod_status(), {"phase"}) == "Running");
  CHECK(rows[1].id == "default/b-n1");
  CHECK(StaticPodsOf({}).statuses.Take().empty());
  CHECK_FALSE(StaticPodsOf({}).ready);
}

}  // namespace ichor
