#include "machined/files/user_files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/file.h"

namespace ichor {
namespace {

using base::IsOk;
using Op = UserFile::Op;

// A directory in place of /var.
struct Var {
  Var() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Var() { std::filesystem::remove_all(path); }
  Var(const Var&) = delete;
  Var& operator=(const Var&) = delete;

  std::string Read(const std::string& name) const {
    return sys::ReadFile(path + "/" + name, 4096).value_or("(none)");
  }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path + "/" + name) << text;
  }
  absl::Status Apply(const UserFile& file) const { return WriteUserFiles({file}, path); }

  std::string path = "/tmp/user-files-XXXXXX";
};

}  // namespace

TEST_CASE("user files: as the config has them") {
  const auto config = config::Load("", R"(
machine:
  files:
    - {path: /var/a, content: x, permissions: 0o600, op: create}
    - {path: /var/b, content: z, permissions: 0, op: append}
)");
  REQUIRE_THAT(config, IsOk());
  const auto files = UserFilesOf(*config);
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == "/var/a");
  CHECK(files[0].content == "x");
  CHECK(files[0].mode == 0600);
  CHECK(files[0].op == Op::kCreate);
  CHECK(files[1].mode == 0644);
  CHECK(files[1].op == Op::kAppend);
}

TEST_CASE("user files: of the image's, those below /etc may be changed, and no others") {
  const auto read = [](const std::string& file) {
    auto config =
        config::Load("", "machine:\n  files:\n    - {content: x, permissions: 0, " + file + "}\n");
    REQUIRE_THAT(config, IsOk());
    return *std::move(config);
  };
  CHECK_THAT(CheckUserFiles(read("path: /etc/passwd, op: append")), IsOk());
  CHECK_THAT(CheckUserFiles(read("path: /etc/cri/conf.d/20-customization.part, op: create")),
             IsOk());
  CHECK_THAT(CheckUserFiles(read("path: /usr/bin/x, op: overwrite")),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "machine.files: /usr/bin/x: only files below /var and /etc are "
                            "written: the rest of the system is read-only and verified"));
  CHECK_THAT(CheckUserFiles(read("path: /etc/hosts, op: append")),
             base::StatusIs(absl::StatusCode::kInvalidArgument,
                            "machine.files: /etc/hosts: the node makes this file itself"));
  CHECK(EtcEditsOf(read("path: /etc/cri/conf.d/20-customization.part, op: create")).empty());
  CHECK(EtcEditsOf(read("path: /var/a, op: create")).empty());
  CHECK(EtcEditsOf(read("path: /etc/a, op: append")).size() == 1);
}

TEST_CASE("user files: roots of one's own stand behind those of the image") {
  const auto config = config::Load("", R"(apiVersion: v1alpha1
kind: TrustedRootsConfig
name: own
certificates: PEM
)");
  REQUIRE_THAT(config, IsOk());
  const auto edits = EtcEditsOf(*config);
  REQUIRE(edits.size() == 1);
  CHECK(edits[0].path == "/etc/ssl/certs/ca-certificates.crt");
  CHECK(edits[0].content == "PEM");
  CHECK(edits[0].op == Op::kAppend);
}

TEST_CASE("user files: made with the directories on the way, and put right when they change") {
  const Var var;
  const UserFile file{.path = "/var/lib/app/a.conf", .content = "one\n", .mode = 0640};
  REQUIRE_THAT(var.Apply(file), IsOk());
  CHECK(var.Read("lib/app/a.conf") == "one\n");
  const std::string path = var.path + "/lib/app/a.conf";
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms(0640));
  std::filesystem::create_hard_link(path, var.path + "/same");
  REQUIRE_THAT(var.Apply(file), IsOk());
  CHECK(std::filesystem::hard_link_count(path) == 2);  // left alone
  var.Write("lib/app/a.conf", "other");
  REQUIRE_THAT(var.Apply(file), IsOk());
  CHECK(var.Read("lib/app/a.conf") == "one\n");
}

TEST_CASE("user files: what is appended is appended once; to nothing, nothing is") {
  const Var var;
  const UserFile file{.path = "/var/a", .content = "two", .mode = 0644, .op = Op::kAppend};
  CHECK(absl::IsNotFound(var.Apply(file)));
  var.Write("a", "one");
  REQUIRE_THAT(var.Apply(file), IsOk());
  REQUIRE_THAT(var.Apply(file), IsOk());
  CHECK(var.Read("a") == "one\ntwo");
  CHECK(absl::IsNotFound(
      var.Apply({.path = "/var/b", .content = "x", .mode = 0644, .op = Op::kOverwrite})));
  REQUIRE_THAT(var.Apply({.path = "/var/a", .content = "x", .mode = 0644, .op = Op::kOverwrite}),
               IsOk());
  CHECK(var.Read("a") == "x");
}

TEST_CASE("user files: nothing is written elsewhere, not by links either") {
  const Var var;
  const std::string path =
      GENERATE("/etc/passwd", "/var/../etc/passwd", "/var/", "/var", "/var/a/./b", "/var//a", "a");
  CAPTURE(path);
  CHECK(absl::IsInvalidArgument(var.Apply({.path = path, .content = "x", .mode = 0644})));
  const Var other;
  std::filesystem::create_directory_symlink(other.path, var.path + "/out");
  std::filesystem::create_symlink(other.path + "/b", var.path + "/link");
  CHECK(
      absl::IsFailedPrecondition(var.Apply({.path = "/var/out/b", .content = "x", .mode = 0644})));
  CHECK(absl::IsFailedPrecondition(var.Apply({.path = "/var/link", .content = "x", .mode = 0644})));
  CHECK(std::filesystem::is_empty(other.path));
}

TEST_CASE("user files: one that cannot be written is named, and stops no other") {
  const Var var;
  const auto status = WriteUserFiles({{.path = "/etc/a", .content = "x", .mode = 0644},
                                      {.path = "/var/b", .content = "y", .mode = 0644}},
                                     var.path);
  CHECK_THAT(status, base::StatusIs(absl::StatusCode::kInvalidArgument,
                                    "machine.files: create operation not allowed outside of /var: "
                                    "\"/etc/a\"; use EtcFileConfig"));
  CHECK(var.Read("b") == "y");
}

}  // namespace ichor
