#include "lib/kube/objects.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/kube/connection.h"
#include "lib/kube/fake_api.h"
#include "lib/resource/tree.h"

namespace ichor::kube {
namespace {

using base::IsOk;
using base::StatusIs;
using google::protobuf::Struct;

Struct Account(const std::string& ns) {
  Struct meta = Object({{"name", "a b"}});
  if (!ns.empty()) {
    Set(meta, "namespace", ns);
  }
  return Object({{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", meta}});
}

TEST_CASE("kube objects: applied where their kind is, which is asked for once") {
  FakeApi api;
  Objects objects(api, "talos");
  CHECK_THAT(objects.Apply(Account("kube-system")), IsOk());
  CHECK_THAT(objects.Apply(Account("")), IsOk());
  CHECK(
      api.calls ==
      std::vector<std::string>{
          "GET /api/v1",
          "PATCH /api/v1/namespaces/kube-system/serviceaccounts/a%20b?fieldManager=talos&force="
          "true",
          "PATCH /api/v1/namespaces/default/serviceaccounts/a%20b?fieldManager=talos&force=true"});
  CHECK_THAT(objects.Get(ReferenceOf(Account(""))).status(), IsOk());
  CHECK_THAT(objects.Get({.api_version = "v1", .kind = "Node", .name = "n1"}).status(),
             StatusIs(absl::StatusCode::kNotFound, "/api/v1/nodes/n1 not found"));
}

TEST_CASE("kube objects: a kind that is not there yet is asked for again") {
  FakeApi api;
  Objects objects(api, "talos");
  const Struct object =
      Object({{"apiVersion", "x.io/v1"}, {"kind", "Thing"}, {"metadata", Object({{"name", "t"}})}});
  api.kinds["x.io/v1"] = {"Other others"};
  CHECK_THAT(objects.Apply(object),
             StatusIs(absl::StatusCode::kNotFound, "the server knows no Thing of x.io/v1"));
  api.kinds["x.io/v1"].emplace_back("Thing things");
  CHECK_THAT(objects.Apply(object), IsOk());
  CHECK_THAT(
      objects.Apply(Object({{"kind", "Thing"}})),
      StatusIs(absl::StatusCode::kInvalidArgument, "an object without apiVersion, kind or name"));
}

TEST_CASE("kube objects: a patch may insist on the version that it was made for") {
  FakeApi api;
  Objects objects(api, "talos");
  const Reference node{.api_version = "v1", .kind = "Node", .name = "n1"};
  api.Put("/api/v1/nodes/n1", Object({{"metadata", Object({{"name", "n1"}})}}));
  CHECK_THAT(objects.Patch(node, Object({{"metadata", Object({{"resourceVersion", "1"}})},
                                         {"spec", Object({{"unschedulable", true}})}})),
             IsOk());
  CHECK(api.At("/api/v1/nodes/n1").fields().at("spec").struct_value().fields_size() == 1);
  CHECK(absl::IsAborted(
      objects.Patch(node, Object({{"metadata", Object({{"resourceVersion", "1"}})}}))));
}

TEST_CASE("kube objects: names in messages") {
  const Reference reference{
      .api_version = "apps/v1", .kind = "Deployment", .ns = "kube-system", .name = "coredns"};
  CHECK(NameOf(reference) == "Deployment kube-system/coredns");
  CHECK(GroupOf(reference) == "apps");
  CHECK(GroupOf({.api_version = "v1"}).empty());
}

TEST_CASE("kube: an error has the server's own sentence") {
  CHECK_THAT(
      StatusOfAnswer(404, R"({"kind":"Status","message":"nodes \"n\" not found"})", "GET /x"),
      StatusIs(absl::StatusCode::kNotFound, "GET /x: nodes \"n\" not found"));
  CHECK_THAT(StatusOfAnswer(503, "<html>", "GET /x"),
             StatusIs(absl::StatusCode::kUnavailable, "GET /x: HTTP status 503"));
  CHECK(absl::IsAborted(StatusOfAnswer(409, "", "x")));
  CHECK(absl::IsInvalidArgument(StatusOfAnswer(422, "", "x")));
  CHECK(absl::IsFailedPrecondition(StatusOfAnswer(302, "", "x")));
}

}  // namespace
}  // namespace ichor::kube
