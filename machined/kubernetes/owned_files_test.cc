#include "machined/kubernetes/owned_files.h"

#include <unistd.h>

#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/file.h"

namespace ichor {
namespace {

struct Directory {
  Directory() { REQUIRE(mkdtemp(name.data()) != nullptr); }
  ~Directory() { std::filesystem::remove_all(name); }
  std::string name = "/tmp/ichor-owned-XXXXXX";
};

}  // namespace

TEST_CASE("owned files: a directory has these files and no other, for its owner alone") {
  const Directory top;
  const std::string path = top.name + "/kubernetes/kube-apiserver";
  const OwnedDirectory one{.path = path, .owner = getuid(), .files = {{"a", "1"}, {"b", "2"}}};
  REQUIRE_THAT(WriteOwned({one}), base::IsOk());
  CHECK(*sys::ReadFile(path + "/a", 10) == "1");
  CHECK(static_cast<unsigned>(std::filesystem::status(path + "/a").permissions()) == 0400);
  CHECK(static_cast<unsigned>(std::filesystem::status(path).permissions()) == 0700);
  const auto written = std::filesystem::last_write_time(path + "/a");

  const OwnedDirectory two{.path = path, .owner = getuid(), .files = {{"a", "1"}, {"c", "3"}}};
  REQUIRE_THAT(WriteOwned({two}), base::IsOk());
  CHECK_FALSE(std::filesystem::exists(path + "/b"));
  CHECK(*sys::ReadFile(path + "/c", 10) == "3");
  CHECK(std::filesystem::last_write_time(path + "/a") == written);

  REQUIRE_THAT(RemoveOwnedBelow(top.name), base::IsOk());
  REQUIRE_THAT(RemoveOwnedBelow(top.name + "/none"), base::IsOk());
  CHECK(std::filesystem::is_empty(path));
}

TEST_CASE("owned files: what somebody else did to them is undone, and no other is touched") {
  const Directory top;
  const std::string path = top.name + "/secrets";
  const OwnedDirectory own{
      .path = path, .owner = getuid(), .files = {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}};
  REQUIRE_THAT(WriteOwned({own}), base::IsOk());
  const auto written = std::filesystem::last_write_time(path + "/d");
  std::filesystem::remove(path + "/a");
  std::filesystem::remove(path + "/b");
  std::filesystem::create_directories(path + "/b/of/somebody");
  std::filesystem::permissions(path + "/c", std::filesystem::perms(0644));
  std::filesystem::create_directories(path + "/more/of/it");
  REQUIRE_THAT(WriteOwned({own}), base::IsOk());
  CHECK(*sys::ReadFile(path + "/a", 10) == "1");
  CHECK(*sys::ReadFile(path + "/b", 10) == "2");
  CHECK(std::filesystem::status(path + "/c").permissions() == std::filesystem::perms(0400));
  CHECK_FALSE(std::filesystem::exists(path + "/more"));
  CHECK(std::filesystem::last_write_time(path + "/d") == written);
}

TEST_CASE("owned files: their version changes with them alone") {
  const OwnedDirectory one{.path = "/x", .owner = 1, .files = {{"a", "12"}}};
  const OwnedDirectory two{.path = "/x", .owner = 1, .files = {{"a", "1"}, {"b", "2"}}};
  CHECK(VersionOfFiles({one}) == VersionOfFiles({one}));
  CHECK(VersionOfFiles({one}).size() == 16);
  CHECK(VersionOfFiles({one}) != VersionOfFiles({two}));
}

}  // namespace ichor
