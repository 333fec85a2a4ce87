#include "machined/kubernetes/arguments.h"

#include <array>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

constexpr std::array kRules = {MergeRule{"feature-gates", MergeRule::Kind::kAdditive},
                               MergeRule{"etcd-*"}, MergeRule{"client-ca-file"}};

}  // namespace

TEST_CASE("arguments: the config's replace ours, are added to them, or are refused") {
  const Arguments ours{{"v", {"1"}}, {"feature-gates", {"A=true,B=true"}}};
  const auto merged = MergeArguments(
      ours, {{"v", {"2", "3"}}, {"feature-gates", {"B=true,C=true"}}, {"new", {""}}}, kRules);
  REQUIRE_THAT(merged, base::IsOk());
  CHECK(ToFlags(*merged) == std::vector<std::string>{"--feature-gates=A=true,B=true,C=true",
                                                     "--new=", "--v=2", "--v=3"});
  CHECK(MergeArguments(ours, {{"etcd-servers", {"x"}}}, kRules).status().message() ==
        "extra arg \"etcd-servers\" is not allowed");
  CHECK(MergeArguments(ours, {{"client-ca-file", {"x"}}}, kRules).status().code() ==
        absl::StatusCode::kInvalidArgument);
}

TEST_CASE("arguments: the version of an image is in its tag") {
  CHECK(TagOf("registry.k8s.io/kube-apiserver:v1.36.2") == "v1.36.2");
  CHECK(TagOf("localhost:5000/x").empty());
  CHECK(TagOf("localhost:5000/x:v1.33.0@sha256:00") == "v1.33.0");
  CHECK(KubernetesMinor("x:v1.33.0-slim") == 33);
  CHECK(KubernetesMinor("x:latest") == 36);
}

}  // namespace ichor
