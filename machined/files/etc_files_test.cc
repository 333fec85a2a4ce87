#include "machined/files/etc_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"
#include "lib/sys/file.h"
#include "lib/sys/volume/fake_mounts.h"

namespace ichor {
namespace {

using base::IsOk;
using files::EtcFileSpec;
using Op = UserFile::Op;

All<EtcFileSpec> Specs(const std::map<std::string, std::string>& files, unsigned mode = 0644) {
  Desired<EtcFileSpec> rows;
  for (const auto& [name, contents] : files) {
    EtcFileSpec::Spec spec;
    spec.set_contents(contents);
    spec.set_mode(mode);
    rows.Add(name, std::move(spec));
  }
  return Stated(std::move(rows));
}

std::string NewDirectory() {
  std::string path = "/tmp/etc-files-XXXXXX";
  REQUIRE(mkdtemp(path.data()) != nullptr);
  return path;
}

// An image's /etc, and the place of the overlay: what is written there is all that is seen there.
struct Etc {
  Etc() {
    for (const char* const directory : {"etc/ssl", "generated", "overlay"}) {
      std::filesystem::create_directories(root + "/" + directory);
    }
    std::filesystem::create_symlink("../system/etc/hosts", root + "/etc/hosts");
    std::ofstream(root + "/etc/group") << "root";
    std::ofstream(root + "/etc/ssl/roots") << "one";
    std::filesystem::create_directory_symlink("../etc", root + "/overlay/image");
  }
  ~Etc() { std::filesystem::remove_all(root); }
  Etc(const Etc&) = delete;
  Etc& operator=(const Etc&) = delete;

  absl::Status Apply(const All<EtcFileSpec>& specs, const std::vector<UserFile>& edits = {}) {
    return files.Apply(specs, edits).status();
  }
  std::string Read(const std::string& name) const {
    return sys::ReadFile(root + "/" + name, 4096).value_or("(none)");
  }

  std::string root = NewDirectory();
  sys::FakeMounts mounts;
  EtcFiles files{mounts,
                 {.etc = root + "/etc",
                  .generated = root + "/generated",
                  .image = root + "/overlay/image",
                  .files = root + "/overlay/files",
                  .changed = root + "/overlay/files",
                  .work = root + "/overlay/work"}};
};

}  // namespace

TEST_CASE("etc files: what the image has links for needs no overlay") {
  Etc etc;
  REQUIRE_THAT(etc.Apply(Specs({{"hosts", "h"}})), IsOk());
  CHECK(etc.Read("generated/hosts") == "h");
  CHECK(etc.mounts.overlays.empty());
}

TEST_CASE("etc files: for others /etc is an overlay, mounted once, by whichever machined") {
  Etc etc;
  REQUIRE_THAT(etc.Apply(Specs({{"hosts", "h"}, {"app/a.conf", "a"}}, 0600)), IsOk());
  CHECK(etc.Read("generated/hosts") == "h");
  CHECK(etc.Read("overlay/files/app/a.conf") == "a");
  CHECK(std::filesystem::status(etc.root + "/overlay/files/app/a.conf").permissions() ==
        std::filesystem::perms(0600));
  REQUIRE(etc.mounts.overlays.size() == 1);
  CHECK(etc.mounts.overlays.begin()->second.lower == etc.root + "/overlay/image");
  CHECK(etc.mounts.shown.at(etc.root + "/etc") == etc.root + "/overlay/files");

  etc.mounts.overlays.clear();  // would be seen again
  EtcFiles next(etc.mounts, {.etc = etc.root + "/etc",
                             .generated = etc.root + "/generated",
                             .image = etc.root + "/overlay/image",
                             .files = etc.root + "/overlay/files",
                             .changed = etc.root + "/overlay/files",
                             .work = etc.root + "/overlay/work"});
  REQUIRE_THAT(next.Apply(Specs({{"app/a.conf", "b"}}), {}).status(), IsOk());
  CHECK(etc.Read("overlay/files/app/a.conf") == "b");
  CHECK(etc.mounts.overlays.empty());
}

TEST_CASE("etc files: a right one is left alone, another mode is put right") {
  Etc etc;
  REQUIRE_THAT(etc.Apply(Specs({{"a", "x"}})), IsOk());
  const std::string path = etc.root + "/overlay/files/a";
  std::filesystem::create_hard_link(path, etc.root + "/same");
  REQUIRE_THAT(etc.Apply(Specs({{"a", "x"}})), IsOk());
  CHECK(std::filesystem::hard_link_count(path) == 2);
  REQUIRE_THAT(etc.Apply(Specs({{"a", "x"}}, 0600)), IsOk());
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0600));
}

TEST_CASE("etc files: what nobody wants any more is the image's again, or gone") {
  Etc etc;
  REQUIRE_THAT(etc.Apply(Specs({{"new", "x"}, {"group", "x"}})), IsOk());
  CHECK(etc.Read("overlay/files/group") == "x");
  REQUIRE_THAT(etc.Apply(Specs({})), IsOk());
  CHECK(etc.Read("overlay/files/new") == "(none)");
  CHECK(etc.Read("overlay/files/group") == "root");
}

TEST_CASE("etc files: an edit begins with the image's file, however often it is made") {
  Etc etc;
  const std::vector<UserFile> edits = {
      {.path = "/etc/ssl/roots", .content = "two", .mode = 0644, .op = Op::kAppend},
      {.path = "/etc/ssl/roots", .content = "three", .mode = 0644, .op = Op::kAppend}};
  REQUIRE_THAT(etc.Apply(Specs({}), edits), IsOk());
  REQUIRE_THAT(etc.Apply(Specs({}), edits), IsOk());
  CHECK(etc.Read("overlay/files/ssl/roots") == "one\ntwo\nthree");
  REQUIRE_THAT(etc.Apply(Specs({}), {edits[0]}), IsOk());
  CHECK(etc.Read("overlay/files/ssl/roots") == "one\ntwo");
}

TEST_CASE("etc files: one that cannot be is named, and stops no other") {
  Etc etc;
  const auto status =
      etc.Apply(Specs({{"../a", "x"}, {"b", "y"}, {"hosts", "h"}}),
                {{.path = "/etc/hosts", .content = "x", .mode = 0644, .op = Op::kAppend},
                 {.path = "/etc/none", .content = "x", .mode = 0644, .op = Op::kOverwrite}});
  CHECK_THAT(status, base::StatusIs(absl::StatusCode::kInvalidArgument,
                                    "/etc/hosts: the node makes this file itself (and 2 more)"));
  CHECK(etc.Read("overlay/files/b") == "y");
  CHECK(etc.Read("generated/hosts") == "h");
}

}  // namespace ichor
