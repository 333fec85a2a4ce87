#include "machined/containers/image_files.h"

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"

namespace ichor {

using absl::StatusCode;
using base::StatusIs;

TEST_CASE("image files: an index names the manifest of an architecture, a manifest is one") {
  constexpr const char* kIndex = R"({"manifests": [
    {"digest": "sha256:1", "platform": {"os": "linux", "architecture": "arm64"}},
    {"digest": "sha256:2", "platform": {"os": "windows", "architecture": "amd64"}},
    {"digest": "sha256:3", "platform": {"os": "linux", "architecture": "amd64"}}]})";
  CHECK(*ManifestFor(kIndex, "amd64") == "sha256:3");
  CHECK(*ManifestFor(kIndex, "arm64") == "sha256:1");
  CHECK_THAT(ManifestFor(kIndex, "riscv64").status(),
             StatusIs(StatusCode::kNotFound, "the image has nothing for riscv64"));
  CHECK(ManifestFor(R"({"config": {"digest": "sha256:4"}})", "amd64")->empty());
  CHECK_THAT(ManifestFor("{}", "amd64").status(),
             StatusIs(StatusCode::kInvalidArgument, "neither an index nor a manifest of an image"));
  CHECK_THAT(ManifestFor("<html>", "amd64").status(),
             StatusIs(StatusCode::kInvalidArgument, "a file of the image is no JSON object"));
}

TEST_CASE("image files: a manifest names its configuration") {
  CHECK(*ConfigOf("{\n\t\"config\": {\"digest\": \"sha256:4\"}\n}") == "sha256:4");
  CHECK_THAT(ConfigOf("{}").status(),
             StatusIs(StatusCode::kInvalidArgument, "the image's manifest names no configuration"));
}

TEST_CASE("image files: what an image takes, and its name with its digest") {
  CHECK(*SizeOf(R"({"config": {"size": 5}, "layers": [{"size": 100}, {"size": 1000}]})") == 1105);
  CHECK_THAT(SizeOf("{}").status(),
             StatusIs(StatusCode::kInvalidArgument, "the image's manifest has no sizes"));
  CHECK(PinnedName("r.io:5000/a/b:v1", "sha256:1") == "r.io:5000/a/b@sha256:1");
  CHECK(PinnedName("r.io:5000/a/b", "sha256:1") == "r.io:5000/a/b@sha256:1");
  CHECK(PinnedName("r.io/b:v1@sha256:0", "sha256:1") == "r.io/b@sha256:1");
}

TEST_CASE("image files: the layers of a configuration make its chain") {
  const auto one = ReadImageConfig(R"({"rootfs": {"diff_ids": ["sha256:a"]},
                                       "config": {"Env": ["PATH=/bin", "A=b"]}})");
  REQUIRE_THAT(one, base::IsOk());
  CHECK(one->chain_id == "sha256:a");
  CHECK(one->environment == std::vector<std::string>{"PATH=/bin", "A=b"});
  // printf 'sha256:a sha256:b' | sha256sum
  const auto two = ReadImageConfig(R"({"rootfs": {"diff_ids": ["sha256:a", "sha256:b"]}})");
  REQUIRE_THAT(two, base::IsOk());
  CHECK(two->chain_id == "sha256:970a948bffa8de94d6e22d747ba8c95030e6e546909f98f54e99a13005e173a8");
  CHECK_THAT(ReadImageConfig("{}").status(),
             StatusIs(StatusCode::kInvalidArgument, "the image has no layers"));
}

}  // namespace ichor
