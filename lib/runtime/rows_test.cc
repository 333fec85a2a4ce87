#include "lib/runtime/rows.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_resources.h"
#include "talos/resource/definitions/network/network.resources.h"

namespace ichor {
namespace {

using network::HostnameStatus;

using Hostnames = All<HostnameStatus>;
static_assert(std::ranges::random_access_range<const Hostnames>);
static_assert(std::ranges::sized_range<const Hostnames>);
static_assert(std::ranges::common_range<const Hostnames>);

// Rows with these ids, whose hostname is "name-" and the id.
Hostnames Named(const std::vector<std::string>& ids) {
  std::vector<ResourcePtr> rows;
  rows.reserve(ids.size());
  for (const std::string& id : ids) {
    Resource resource = Thing(id);
    HostnameStatus::Spec spec;
    spec.set_hostname("name-" + id);
    resource.spec = SpecData::Of(std::make_unique<HostnameStatus::Spec>(std::move(spec)));
    rows.push_back(std::make_shared<const Resource>(std::move(resource)));
  }
  return Hostnames(std::make_shared<const std::vector<ResourcePtr>>(std::move(rows)));
}

std::string IdsOf(const Rows& rows) {
  std::string ids;
  for (const DesiredRow& row : rows) {
    ids += row.id + " ";
  }
  return ids;
}

}  // namespace

TEST_CASE("all: an empty type has no rows") {
  const Hostnames none = Named({});
  CHECK(none.empty());
  CHECK(none.size() == 0);
  CHECK(none.begin() == none.end());
  CHECK(none.find("a") == none.end());
}

TEST_CASE("all: rows give id, metadata and spec") {
  const Hostnames all = Named({"a", "b"});
  CHECK_FALSE(all.empty());
  CHECK(all.size() == 2);
  CHECK(all.front().id() == "a");
  CHECK(all[1].id() == "b");
  CHECK(all[1].metadata().kind->type == "Things");
  CHECK(all[1].spec().hostname() == "name-b");
  std::string names;
  for (const auto& row : all) {
    names += row.spec().hostname() + " ";
  }
  CHECK(names == "name-a name-b ");
}

TEST_CASE("all: iterators walk in both directions and compare") {
  const Hostnames all = Named({"a", "b", "c"});
  auto it = all.begin();
  CHECK(it->id() == "a");
  CHECK((it++)->id() == "a");
  CHECK((++it)->id() == "c");
  CHECK((it--)->id() == "c");
  CHECK((*it).id() == "b");
  CHECK((--it)->id() == "a");
  CHECK(it[2].id() == "c");
  CHECK((2 + it)->id() == "c");
  CHECK((all.end() - 1)->id() == "c");
  CHECK((it += 2)->id() == "c");
  CHECK((it -= 1)->id() == "b");
  CHECK(all.end() - all.begin() == 3);
  CHECK(all.begin() < all.end());
  CHECK(all.begin() + 3 == all.end());
}

TEST_CASE("all: find takes exactly the id") {
  const Hostnames all = Named({"", "a", "ab", "b"});
  for (const std::string id : {"", "a", "ab", "b"}) {
    REQUIRE(all.find(id) != all.end());
    CHECK(all.find(id)->spec().hostname() == "name-" + id);
  }
  for (const char* id : {"aa", "abc", "c", "A"}) {
    CHECK(all.find(id) == all.end());
  }
}

TEST_CASE("all: the algorithms of the standard library work on rows") {
  const Hostnames all = Named({"a", "b", "c"});
  const auto name = [](const auto& row) { return row.spec().hostname(); };
  const auto id = [](const auto& row) { return row.id(); };
  CHECK(std::ranges::max_element(all, {}, name)->id() == "c");
  CHECK(std::ranges::find(all, "name-b", name)->id() == "b");
  CHECK(std::ranges::lower_bound(all, "aa", {}, id)->id() == "b");
  CHECK(std::ranges::is_sorted(all, {}, id));
  CHECK(std::ranges::count_if(all, [](const auto& row) { return row.id() > "a"; }) == 2);
  CHECK(std::ranges::distance(
            all | std::views::filter([](const auto& row) { return row.id() != "b"; })) == 2);
  std::string reversed;
  for (const auto& row : std::views::reverse(all)) {
    reversed += row.id();
  }
  CHECK(reversed == "cba");
}

TEST_CASE("all: a copy keeps the rows alive") {
  auto original = std::make_unique<Hostnames>(Named({"a"}));
  const Hostnames copy = *original;  // NOLINT(performance-unnecessary-copy-initialization)
  original.reset();
  CHECK(copy.front().spec().hostname() == "name-a");
}

TEST_CASE("desired: rows carry what was added, labels and annotations included") {
  Desired<HostnameStatus> desired{{"b", Text("hostname: 'n2'")}};
  DesiredRow& row = desired.Add("a", Text("hostname: 'n1'"));
  row.labels = {{"l", "1"}};
  row.annotations = {{"n", "2"}};
  const Rows rows = std::move(desired).Take();
  REQUIRE(IdsOf(rows) == "b a ");
  CHECK(static_cast<const HostnameStatus::Spec&>(*rows[0].spec->message()).hostname() == "n2");
  CHECK(rows[0].labels.empty());
  CHECK(rows[1].labels == Labels{{"l", "1"}});
  CHECK(rows[1].annotations == Labels{{"n", "2"}});
}

TEST_CASE("sort rows: rows are put in order of their ids") {
  Rows rows{TestRow("b"), TestRow(""), TestRow("\xff"), TestRow("ab"), TestRow("a")};
  CHECK_THAT(SortRows(rows), base::IsOk());
  CHECK(IdsOf(rows) == " a ab b \xff ");
  Rows none;
  CHECK_THAT(SortRows(none), base::IsOk());
}

TEST_CASE("sort rows: an id that is there twice is an error") {
  Rows apart{TestRow("b", "1"), TestRow("a"), TestRow("b", "2")};
  CHECK_THAT(SortRows(apart),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "row \"b\" is stated twice"));
  Rows equal{TestRow("a", "1"), TestRow("a", "1")};
  CHECK_THAT(SortRows(equal),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "row \"a\" is stated twice"));
}

TEST_CASE("report: without failures it is OK") {
  Report<HostnameStatus> report;
  report.Add("a", Text("hostname: 'n1'"));
  CHECK_THAT(report.status(), base::IsOk());
  const Rows rows = std::move(report).Take();
  CHECK(IdsOf(rows) == "a ");
}

TEST_CASE("report: a failed row is stated, and names itself in the status") {
  Report<HostnameStatus> report;
  report.Add("a", Text("hostname: 'n1'"));
  report.AddFailed("b", Text("hostname: 'n2'"), absl::UnavailableError("EAGAIN"));
  CHECK_THAT(report.status(), base::StatusIs(absl::StatusCode::kUnavailable, "b: EAGAIN"));
  const Rows rows = std::move(report).Take();
  CHECK(IdsOf(rows) == "a b ");
}

TEST_CASE("report: of several failures the first is told, and how many more there are") {
  Report<HostnameStatus> report;
  report.AddFailed("a", {}, absl::UnavailableError("EAGAIN"));
  report.AddFailed("b", {}, absl::PermissionDeniedError("EPERM"));
  CHECK_THAT(report.status(),
             base::StatusIs(absl::StatusCode::kUnavailable, "a: EAGAIN (and 1 more)"));
  report.AddFailed("c", {}, absl::NotFoundError("ENOENT"));
  CHECK_THAT(report.status(),
             base::StatusIs(absl::StatusCode::kUnavailable, "a: EAGAIN (and 2 more)"));
  const Rows rows = std::move(report).Take();
  CHECK(IdsOf(rows) == "a b c ");
}

}  // namespace ichor
