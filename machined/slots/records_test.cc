#include "machined/slots/records.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "lib/base/status_matchers.h"

namespace ichor {
namespace {

std::string Block(std::string text) {
  text = "# GRUB Environment Block\n" + text;
  text.resize(1024, '#');
  return text;
}

}  // namespace

TEST_CASE("uki: the counter goes, in whatever state it is") {
  using Names = std::vector<std::string>;
  const Renamed change{.from = "ichor-000002-B+2-1.efi", .to = "ichor-000002-B.efi"};
  CHECK(CommitUki(Names{"ichor-000001-A.efi", "ichor-000002-B+2-1.efi"}, "B") == change);
  CHECK(CommitUki(Names{"ichor-000002-B+3.efi"}, "B")->to == "ichor-000002-B.efi");
  CHECK(CommitUki(Names{"ichor-000002-B+0-3.efi"}, "B")->to == "ichor-000002-B.efi");
}

TEST_CASE("uki: nothing is renamed that is committed, or of the other slot, or not ours") {
  CHECK_FALSE(CommitUki({"ichor-000001-A+1-2.efi", "ichor-000002-B.efi"}, "B").has_value());
  CHECK_FALSE(CommitUki({"linux-B+3.efi", "ichor-B+3.efi", "ichor-000002-B+3.efi.extra.d"}, "B")
                  .has_value());
  CHECK_FALSE(CommitUki({}, "A").has_value());
}

TEST_CASE("uki: after a power cut that left both names nothing is left to do") {
  CHECK_FALSE(CommitUki({"ichor-000002-B+2-1.efi", "ichor-000002-B.efi"}, "B").has_value());
  CHECK_FALSE(CommitUki({"ichor-000002-B.efi", "ichor-000002-B+2-1.efi"}, "B").has_value());
}

TEST_CASE("uki: of several generations of a slot the newest counts") {
  CHECK(CommitUki({"ichor-000002-B.efi", "ichor-000004-B+2-1.efi"}, "B")->to ==
        "ichor-000004-B.efi");
  CHECK(CommitUki({"ichor-000004-B+2-1.efi", "ichor-000002-B.efi"}, "B")->to ==
        "ichor-000004-B.efi");
  CHECK_FALSE(CommitUki({"ichor-000002-B+1-2.efi", "ichor-000004-B.efi"}, "B").has_value());
}

TEST_CASE("environment: the slot becomes the default, and its trial ends") {
  const auto committed = CommitEnvironment(
      Block("ichor_default=A\nichor_try=B\nichor_tries=2\nichor_served=4\n"), "B");
  REQUIRE_THAT(committed.status(), base::IsOk());
  CHECK(*committed == Block("ichor_served=4\nichor_default=B\n"));
  CHECK(*CommitEnvironment(*committed, "B") == *committed);
}

TEST_CASE("environment: a trial of the other slot goes on") {
  CHECK(*CommitEnvironment(Block("ichor_default=A\nichor_try=B\nichor_tries=2\n"), "A") ==
        Block("ichor_try=B\nichor_tries=2\nichor_default=A\n"));
}

TEST_CASE("environment: what is none is refused") {
  CHECK_THAT(CommitEnvironment("ichor_default=A\n", "B").status(),
             base::StatusIs(absl::StatusCode::kInvalidArgument, "this is no environment block"));
}

}  // namespace ichor
