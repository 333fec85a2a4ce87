#include "lib/runtime/signature.h"

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

using network::HostnameSpec;
using network::HostnameStatus;
using network::ResolverStatus;

using Layered = InNamespace<HostnameSpec, "network-config">;

std::string Names(const std::vector<TypeRef>& types) {
  std::string names;
  for (const TypeRef& type : types) {
    names += ToString(type.kind) + (type.writers == Writers::kMany ? "* " : " ");
  }
  return names;
}

// A snapshot with one hostname of a HostnameSpec.
Snapshot Wish(const std::string& hostname) {
  Resource resource = Thing("wish");
  HostnameSpec::Spec spec;
  spec.set_hostname(hostname);
  resource.spec = SpecData::Of(std::make_unique<HostnameSpec::Spec>(std::move(spec)));
  return std::make_shared<const std::vector<ResourcePtr>>(
      std::vector{std::make_shared<const Resource>(std::move(resource))});
}

std::string HostnameOf(const DesiredRow& row) {
  return static_cast<const HostnameStatus::Spec&>(*row.spec->message()).hostname();
}

absl::StatusOr<Desired<HostnameStatus>> Join(const All<HostnameSpec>& wishes,
                                             const All<Layered>& layered) {
  HostnameStatus::Spec status;
  status.set_hostname(wishes.front().spec().hostname() + "+" + layered.front().spec().hostname());
  return Desired<HostnameStatus>{{"hostname", std::move(status)}};
}

absl::StatusOr<std::tuple<Desired<HostnameStatus>, Desired<ResolverStatus>>> Split(
    // NOLINTNEXTLINE(performance-unnecessary-value-param): an input by value is what it tests
    All<HostnameSpec> wishes) {
  if (wishes.empty()) {
    return absl::NotFoundError("no wish");
  }
  Desired<HostnameStatus> status;
  status.Add("hostname", Text("hostname: 'n1'"));
  return std::tuple(std::move(status), Desired<ResolverStatus>{{"a", {}}, {"b", {}}});
}

absl::StatusOr<Desired<HostnameStatus>> Nothing() {
  return Desired<HostnameStatus>{};
}

absl::Status ApplyOne(const All<HostnameStatus>& desired) {
  return absl::UnavailableError(std::to_string(desired.size()));
}

}  // namespace

TEST_CASE("signature: inputs and outputs of a reconciler are those of its function") {
  const ReconcilerBody body = signature::Reconciler("join", Join);
  CHECK(body.name == "join");
  CHECK(Names(body.inputs) ==
        "network/HostnameSpecs.net.talos.dev* network-config/HostnameSpecs.net.talos.dev* ");
  CHECK(Names(body.outputs) == "network/HostnameStatuses.net.talos.dev ");
}

TEST_CASE("signature: each input gets its own snapshot") {
  const ReconcilerBody body = signature::Reconciler("join", &Join);
  const absl::StatusOr<std::vector<Rows>> outputs = body.run({Wish("first"), Wish("second")});
  REQUIRE_THAT(outputs, base::IsOk());
  REQUIRE(outputs->size() == 1);
  REQUIRE(outputs->front().size() == 1);
  CHECK(outputs->front().front().id == "hostname");
  CHECK(HostnameOf(outputs->front().front()) == "first+second");
}

TEST_CASE("signature: a tuple has several outputs, in its order, and fails as a whole") {
  const ReconcilerBody body = signature::Reconciler("split", Split);
  CHECK(Names(body.outputs) ==
        "network/HostnameStatuses.net.talos.dev network/ResolverStatuses.net.talos.dev ");
  const absl::StatusOr<std::vector<Rows>> outputs = body.run({Wish("n1")});
  REQUIRE_THAT(outputs, base::IsOk());
  REQUIRE(outputs->size() == 2);
  CHECK((*outputs)[0].size() == 1);
  CHECK((*outputs)[1].size() == 2);
  CHECK_THAT(body.run({std::make_shared<const std::vector<ResourcePtr>>()}),
             base::StatusIs(absl::StatusCode::kNotFound, "no wish"));
}

TEST_CASE("signature: a function without inputs is a reconciler, too") {
  const ReconcilerBody body = signature::Reconciler("nothing", Nothing);
  CHECK(body.inputs.empty());
  const absl::StatusOr<std::vector<Rows>> outputs = body.run({});
  REQUIRE_THAT(outputs, base::IsOk());
  CHECK(outputs->front().empty());
}

TEST_CASE("signature: a lambda may keep state, and be moved in") {
  auto count = std::make_shared<int>(0);
  const ReconcilerBody body = signature::Reconciler(
      "count",
      [count,
       calls = 0](const All<HostnameSpec>&) mutable -> absl::StatusOr<Desired<HostnameStatus>> {
        *count = ++calls;
        return Desired<HostnameStatus>{};
      });
  REQUIRE_THAT(body.run({Wish("")}), base::IsOk());
  REQUIRE_THAT(body.run({Wish("")}), base::IsOk());
  CHECK(*count == 2);
}

TEST_CASE("signature: an actuator that answers with a status has no output") {
  const ActuatorBody body = signature::Actuator<HostnameStatus>("apply", ApplyOne);
  CHECK(Names(body.inputs) == "network/HostnameStatuses.net.talos.dev ");
  CHECK(body.outputs.empty());
  const Outcome outcome = body.run({Wish("n1")});
  CHECK_THAT(outcome.status, base::StatusIs(absl::StatusCode::kUnavailable, "1"));
  CHECK(outcome.report.empty());
}

TEST_CASE("signature: an actuator that answers with a report writes its type") {
  const ActuatorBody body = signature::Actuator<HostnameSpec, Layered>(
      "apply", [](const auto& wishes, const auto& layered) {
        Report<HostnameStatus> report;
        report.Add(wishes.front().spec().hostname(), {});
        report.AddFailed(layered.front().spec().hostname(), {}, absl::AbortedError("no"));
        return report;
      });
  CHECK(Names(body.inputs) ==
        "network/HostnameSpecs.net.talos.dev* network-config/HostnameSpecs.net.talos.dev* ");
  CHECK(Names(body.outputs) == "network/HostnameStatuses.net.talos.dev ");
  const Outcome outcome = body.run({Wish("b"), Wish("a")});
  CHECK_THAT(outcome.status, base::StatusIs(absl::StatusCode::kAborted, "a: no"));
  REQUIRE(outcome.report.size() == 2);
  CHECK(outcome.report[0].id == "b");
  CHECK(outcome.report[1].id == "a");
}

TEST_CASE("signature: a type in another namespace is the same type otherwise") {
  CHECK(ToString(TypeRef::Of<Layered>().kind) == "network-config/HostnameSpecs.net.talos.dev");
  CHECK(TypeRef::Of<Layered>().writers == TypeRef::Of<HostnameSpec>().writers);
  CHECK(std::is_same_v<Layered::Spec, HostnameSpec::Spec>);
}

}  // namespace ichor
