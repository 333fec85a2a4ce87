#include "machined/cri/merge_toml.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {

TEST_CASE("merge toml: tables key by key, lists by what is missing, and the last value counts") {
  const absl::StatusOr<std::string> merged =
      MergeToml(std::vector<TomlPart>{{.origin = "/a", .text = "version = 3\nlist = [1, 2]\n"},
                                      {.origin = "/b", .text = "[plugins.'x.y']\n  on = true\n"},
                                      {.origin = "/c",
                                       .text = "list = [2, 3]\nversion = 4\n"
                                               "[plugins.'x.y']\nroot = \"/r\"\n"}});
  REQUIRE_THAT(merged, base::IsOk());
  CHECK(*merged ==
        "## /a (sha256:d1e148cd35381437ba1cec37b9da7c0e028b43d438f6f0ab83a777efa5686be4)\n"
        "## /b (sha256:130e88a7c9130e5610b43779ad0ed30b6ccb91883fa9d9781713a49457288d44)\n"
        "## /c (sha256:7eb7cac291f43d136e7f3e91b69ab8b3d9af1607f075125f1c17c9134a2a1bb0)\n"
        "\n"
        "list = [ 1, 2, 3 ]\n"
        "version = 4\n"
        "\n"
        "[plugins.'x.y']\n"
        "on = true\n"
        "root = '/r'\n");
}

TEST_CASE("merge toml: a part that cannot be read is named with its line") {
  const TomlPart bad{.origin = "20-x.part", .text = "a = 1\nb = = 2\n"};
  CHECK(CheckToml({.origin = "good", .text = "a = 1"}).ok());
  CHECK(CheckToml(bad).message().starts_with("20-x.part:2: "));
  CHECK(MergeToml(std::vector<TomlPart>{bad}).status() == CheckToml(bad));
}

}  // namespace ichor
