#include "ichorctl/files/files.h"

#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichorctl/files/test_session.h"
#include "lib/base/status_matchers.h"

namespace ichor::ctl {

using base::IsOk;
using base::StatusIs;

TEST_CASE("files: a new file is for its owner alone, and is not replaced by mistake") {
  TestSession session;
  const std::string path = session.PathOf("deep/down/secrets.yaml");
  REQUIRE_THAT(WriteOutput(*session, path, "one", {}), IsOk());
  CHECK(session.ModeOf("deep/down/secrets.yaml") == 0600);
  CHECK_THAT(
      WriteOutput(*session, path, "two", {}),
      StatusIs(absl::StatusCode::kAlreadyExists, path + " exists already; --force replaces it"));
  CHECK(session.Read("deep/down/secrets.yaml") == "one");
  REQUIRE_THAT(WriteOutput(*session, path, "two", {.force = true}), IsOk());
  CHECK(*ReadInput(*session, path) == "two");
}

TEST_CASE("files: - is standard input and output") {
  TestSession session;
  session.Begin("typed");
  CHECK(*ReadInput(*session, "-") == "typed");
  REQUIRE_THAT(WriteOutput(*session, "-", "shown", {}), IsOk());
  CHECK(session.out() == "shown");
}

TEST_CASE("files: what a link leads to is written, not the link") {
  TestSession session;
  session.Write("real", "old");
  std::filesystem::create_symlink(session.PathOf("real"), session.PathOf("link"));
  REQUIRE_THAT(WriteOutput(*session, session.PathOf("link"), "new", {.force = true}), IsOk());
  CHECK(session.Read("real") == "new");
  CHECK(std::filesystem::is_symlink(session.PathOf("link")));
}

TEST_CASE("files: a file that is not there, and a directory, are told") {
  TestSession session;
  const std::string path = session.PathOf("none");
  CHECK_THAT(ReadInput(*session, path),
             StatusIs(absl::StatusCode::kNotFound, path + ": there is no such file"));
  const std::string directory = session.PathOf("");
  CHECK_THAT(
      ReadInput(*session, directory),
      StatusIs(absl::StatusCode::kInvalidArgument, directory + " is a directory; expected a file"));
  CHECK_THAT(
      WriteOutput(*session, directory, "", {}),
      StatusIs(absl::StatusCode::kInvalidArgument, directory + " is a directory; expected a file"));
}

TEST_CASE("files: a device is written to") {
  TestSession session;
  CHECK_THAT(WriteOutput(*session, "/dev/null", "x", {}), IsOk());
  CHECK(std::filesystem::is_character_file("/dev/null"));
  CHECK_THAT(WriteOutput(*session, "/dev/full", "x", {}),
             StatusIs(absl::StatusCode::kUnavailable, "/dev/full: cannot be written"));
}

}  // namespace ichor::ctl
