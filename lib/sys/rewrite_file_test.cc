#include "lib/sys/rewrite_file.h"

#include <unistd.h>

#include <filesystem>
#include <format>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/file.h"

namespace ichor::sys {

TEST_CASE("rewrite file: the file stays the same one, with other contents") {
  const std::string path =
      std::filesystem::temp_directory_path() / std::format("rewrite_test.{}", getpid());
  REQUIRE_THAT(RewriteFile(path, "long contents", 0600), base::IsOk());
  const std::string link = path + ".link";
  std::filesystem::create_hard_link(path, link);
  REQUIRE_THAT(RewriteFile(path, "short", 0644), base::IsOk());
  CHECK(*ReadFile(link, 100) == "short");
  CHECK(std::filesystem::status(link).permissions() == std::filesystem::perms(0644));
  std::filesystem::remove(path);
  std::filesystem::remove(link);
  CHECK_THAT(RewriteFile("/nonexistent/x", "", 0600),
             base::StatusIs(absl::StatusCode::kNotFound,
                            "open /nonexistent/x: No such file or directory"));
}

}  // namespace ichor::sys
