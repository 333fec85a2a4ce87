#include "lib/runtime/preview.h"

#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/signature.h"
#include "lib/runtime/test_runtime.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

using base::IsOk;
using network::HostnameSpec;
using network::HostnameStatus;
using network::StaticHost;

// The hostname of the first wish.
absl::StatusOr<Desired<HostnameStatus>> FirstWish(const All<HostnameSpec>& wishes) {
  Desired<HostnameStatus> desired;
  if (!wishes.empty()) {
    if (wishes.front().spec().hostname() == "bad") {
      return absl::InvalidArgumentError("no such name");
    }
    HostnameStatus::Spec status;
    status.set_hostname(wishes.front().spec().hostname());
    desired.Add("hostname", std::move(status));
  }
  return desired;
}

// A host of that name.
absl::StatusOr<Desired<StaticHost>> NameHost(const All<HostnameStatus>& names) {
  Desired<StaticHost> hosts;
  for (const auto& row : names) {
    hosts.Add(row.spec().hostname(), {});
  }
  return hosts;
}

struct Fixture {
  Fixture() {
    t.runtime.Reconcile("choose", FirstWish);
    t.runtime.Reconcile("name", NameHost);
    REQUIRE_THAT(t.runtime.Validate(), IsOk());
    t.runtime.Publish<HostnameSpec>("config", {{"b", Text("hostname: 'n1'")}});
    t.runtime.Publish<HostnameSpec>("dhcp", {});
    t.Settle();
  }
  Preview See(Desired<HostnameSpec> wishes) {
    auto preview = Preview::Of(
        t.store,
        {signature::Reconciler("name", NameHost), signature::Reconciler("choose", FirstWish)},
        "config", TypeRef::Of<HostnameSpec>(), std::move(wishes).Take());
    REQUIRE_THAT(preview, IsOk());
    return *std::move(preview);
  }
  // The changes, with '+' for a new row, '-' for one that goes, '~' for another one.
  static std::vector<std::string> Lines(Preview& preview) {
    const std::vector<RowChange> changes = preview.Changes();
    std::vector<std::string> lines;
    lines.reserve(changes.size());
    for (const RowChange& change : changes) {
      const auto& metadata = (change.before == nullptr ? change.after : change.before)->metadata;
      lines.push_back((change.before == nullptr  ? "+"
                       : change.after == nullptr ? "-"
                                                 : "~") +
                      metadata.kind->type.substr(0, metadata.kind->type.find('.')) + "/" +
                      metadata.id);
    }
    return lines;
  }

  TestRuntime t;
};

}  // namespace

TEST_CASE("preview: what changes is followed through all policies, and the state stays") {
  Fixture f;
  Preview preview = f.See({{"b", Text("hostname: 'n2'")}});
  CHECK(Fixture::Lines(preview) == std::vector<std::string>{"~HostnameSpecs/b",
                                                            "~HostnameStatuses/hostname",
                                                            "-StaticHosts/n1", "+StaticHosts/n2"});
  CHECK(preview.Read<HostnameStatus>().front().spec().hostname() == "n2");
  CHECK(f.t.runtime.Read<HostnameStatus>().front().spec().hostname() == "n1");
  CHECK(preview.problems().empty());
}

TEST_CASE("preview: the same again changes nothing, and no policy runs") {
  Fixture f;
  Preview preview = f.See({{"b", Text("hostname: 'n1'")}});
  CHECK(preview.Changes().empty());
}

TEST_CASE("preview: rows of other sources stay") {
  Fixture f;
  f.t.Advance(std::chrono::milliseconds(20));
  f.t.runtime.Publish<HostnameSpec>("dhcp", {{"c", Text("hostname: 'lease'")}});
  f.t.Settle();
  Preview preview = f.See({});
  CHECK(preview.Read<HostnameStatus>().front().spec().hostname() == "lease");
}

TEST_CASE("preview: a policy that would fail keeps its rows, and is named") {
  Fixture f;
  Preview preview = f.See({{"b", Text("hostname: 'bad'")}});
  CHECK(preview.problems() == std::vector<std::string>{"choose: no such name"});
  CHECK(preview.Read<HostnameStatus>().front().spec().hostname() == "n1");
}

}  // namespace ichor
