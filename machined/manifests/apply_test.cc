#include "machined/manifests/apply.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/kube/fake_api.h"
#include "lib/kube/json.h"
#include "lib/resource/tree.h"
#include "lib/runtime/test_rows.h"
#include "machined/manifests/extra.h"

namespace ichor {
namespace {

using base::IsOk;

constexpr const char* kConfigMap =
    "/api/v1/namespaces/kube-system/configmaps/talos-bootstrap-manifests-inventory";
constexpr const char* kAccount = "/api/v1/namespaces/a/serviceaccounts/x:y";

All<k8s::Manifest> Manifests(const std::string& first, const std::string& second = "") {
  return AllOf<k8s::Manifest>({{"10-first", ManifestOf(*ObjectsOfText(first))},
                               {"99-second", ManifestOf(*ObjectsOfText(second))}});
}

constexpr const char* kText =
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: \"x:y\", namespace: a}\n";
constexpr const char* kLater =
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n"
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "metadata: {name: things.x.io}\n---\n"
    "apiVersion: x.io/v1\nkind: Thing\nmetadata: {name: t}\n";

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("manifests: namespaces and kinds come first, and the inventory says what was made") {
  kube::FakeApi api;
  api.kinds["x.io/v1"] = {"Thing things"};
  const AppliedManifests applied = ApplyManifests(Manifests(kText, kLater), api);
  CHECK_THAT(applied.status, IsOk());
  CHECK(applied.made == Names{"Namespace a", "CustomResourceDefinition things.x.io",
                              "ServiceAccount a/x:y", "Thing t"});
  CHECK(applied.ids == Names{"10-first", "99-second"});
  CHECK(TextAt(api.At(kAccount), {"metadata", "annotations", "config.k8s.io/owning-inventory"}) ==
        "talos-bootstrap-manifests-inventory");
  const auto data = api.At(kConfigMap).fields().at("data").struct_value();
  CHECK(data.fields_size() == 4);
  CHECK(data.fields().contains("a_x__y__ServiceAccount"));
  CHECK(data.fields().contains("_things.x.io_apiextensions.k8s.io_CustomResourceDefinition"));
}

TEST_CASE("manifests: an object that somebody deleted stays deleted") {
  kube::FakeApi api;
  REQUIRE_THAT(ApplyManifests(Manifests(kText), api).status, IsOk());
  api.Remove(kAccount);
  api.calls.clear();
  const AppliedManifests again = ApplyManifests(Manifests(kText), api);
  CHECK_THAT(again.status, IsOk());
  CHECK(again.made.empty());
  CHECK(again.ids.size() == 2);
  CHECK(api.At(kAccount).fields().empty());
  CHECK(api.calls == Names{"GET /api/v1", std::string("GET ") + kConfigMap});
}

TEST_CASE("manifests: an object of somebody else is noted, and not changed") {
  kube::FakeApi api;
  api.Put(kAccount, Object({{"metadata", Object({{"name", "x:y"}})}, {"mine", true}}));
  const auto before = api.At(kAccount);
  const AppliedManifests applied = ApplyManifests(Manifests(kText), api);
  CHECK_THAT(applied.status, IsOk());
  CHECK(applied.made.empty());
  CHECK(kube::ToJson(api.At(kAccount)) == kube::ToJson(before));
  CHECK(api.At(kConfigMap).fields().at("data").struct_value().fields_size() == 1);
}

TEST_CASE("manifests: what one object fails with stops no other, and has its name") {
  kube::FakeApi api;
  const AppliedManifests applied = ApplyManifests(Manifests(kText, kLater), api);
  CHECK_THAT(applied.status,
             base::StatusIs(absl::StatusCode::kNotFound, "Thing t: /apis/x.io/v1 not found"));
  CHECK(applied.made.size() == 3);
  CHECK(applied.ids == Names{"10-first"});
  api.kinds["x.io/v1"] = {"Thing things"};
  const AppliedManifests later = ApplyManifests(Manifests(kText, kLater), api);
  CHECK(later.made == Names{"Thing t"});
  CHECK(later.ids.size() == 2);
}

TEST_CASE("manifests: without an answer nothing is changed") {
  kube::FakeApi api;
  api.failures["/api/v1"] = absl::UnavailableError("connection refused");
  const AppliedManifests applied = ApplyManifests(Manifests(kText), api);
  CHECK(absl::IsUnavailable(applied.status));
  CHECK(applied.ids.empty());
  CHECK(api.calls == Names{"GET /api/v1"});
}

}  // namespace ichor
