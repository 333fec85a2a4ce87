#include "machined/arguments/additions.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "machined/arguments/test_addon.h"

namespace ichor {
namespace {

const std::string kScript =
    "set ichor_base=\"root=1\"\nset ichor_additions=\"talos.platform=metal\"\n\n\n\n\n\n\n";

}  // namespace

TEST_CASE("additions: an addon gets more words, and keeps its size") {
  const std::string before = TestAddon("talos.platform=metal");
  const auto more = AddToAddon(before + "behind", {"a=1", "b"});
  REQUIRE_THAT(more.status(), base::IsOk());
  CHECK(*more == TestAddon("talos.platform=metal a=1 b") + "behind");
  CHECK(*AddToAddon(*more, {"b", "a=1"}) == *more);
}

TEST_CASE("additions: what is no addon, or has no room, is refused") {
  const std::string whole = TestAddon("a");
  CHECK_THAT(AddToAddon(whole, {std::string(kTestAddonRoom - 2, 'b')}).status(), base::IsOk());
  CHECK(absl::IsResourceExhausted(
      AddToAddon(whole, {std::string(kTestAddonRoom - 1, 'b')}).status()));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    INFO(size);
    CHECK(absl::IsInvalidArgument(AddToAddon(whole.substr(0, size), {"b"}).status()));
  }
}

TEST_CASE("additions: GRUB's script gets more words, and keeps its size") {
  const auto more = AddToVariables(kScript, {"a=1", "b"});
  REQUIRE_THAT(more.status(), base::IsOk());
  CHECK(*more == "set ichor_base=\"root=1\"\nset ichor_additions=\"talos.platform=metal a=1 b\"\n");
  CHECK(*AddToVariables(*more, {"a=1"}) == *more);
  CHECK(absl::IsResourceExhausted(AddToVariables(*more, {"c"}).status()));
  CHECK(absl::IsInvalidArgument(AddToVariables("set ichor_additions=\"a", {"b"}).status()));
  CHECK(absl::IsInvalidArgument(AddToVariables("", {"b"}).status()));
}

}  // namespace ichor
