#include "machined/api/files/shown_files.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_file_view.h"
#include "machined/api/files/tree_walk.h"

namespace ichor::api {
namespace {

using base::IsOk;
using base::StatusIs;

}  // namespace

TEST_CASE("shown files: what may hold secrets is for administrators") {
  const std::string path =
      GENERATE(as<std::string>(), "/system/state", "/system/state/config.yaml", "/system/secrets/x",
               "/system/run/machined/machine.sock", "/etc/kubernetes/pki/ca.key");
  CHECK_THAT(MayShow(path, false),
             StatusIs(absl::StatusCode::kPermissionDenied, path + " is shown to os:admin only"));
  CHECK_THAT(MayShow(path, true), IsOk());
}

TEST_CASE("shown files: memory and the checkpoint are for nobody") {
  const std::string path =
      GENERATE(as<std::string>(), "/system/run/checkpoint/machined", "/proc/1/mem",
               "/proc/12/task/13/mem", "/proc/1/environ", "/proc/kcore");
  CHECK_THAT(MayShow(path, true),
             StatusIs(absl::StatusCode::kPermissionDenied, path + " is not shown to anybody"));
}

TEST_CASE("shown files: what only begins like a secret is none") {
  const std::string path =
      GENERATE(as<std::string>(), "/", "/system", "/system/statement", "/proc/meminfo", "/proc/1",
               "/proc/1/status", "/proc/self", "/var/mem", "/system/run/boot/slot");
  CHECK_THAT(MayShow(path, false), IsOk());
}

TEST_CASE("shown files: neither links nor dots lead to a secret") {
  sys::FakeFileView tree;
  tree.AddFile("/system/state/config.yaml", "secret");
  tree.AddLink("/var/link", "/system/state");
  tree.AddLink("/var/up", "../system");
  ShownFiles files(tree, false);
  const std::string path =
      GENERATE(as<std::string>(), "/system/state/config.yaml", "/var/link/config.yaml",
               "/var/up/state/config.yaml", "/var/../system//state/./config.yaml");
  CHECK_THAT(files.Resolve(path), StatusIs(absl::StatusCode::kPermissionDenied,
                                           "/system/state/config.yaml is shown to os:admin only"));
  CHECK_FALSE(files.Open(path).ok());
  CHECK_FALSE(files.Read(path, 10).ok());
}

TEST_CASE("shown files: a walk comes by a secret and does not go in") {
  sys::FakeFileView tree;
  tree.AddFile("/system/state/config.yaml", "secret");
  tree.AddFile("/system/time", "1");
  ShownFiles files(tree, false);
  TreeWalk walk(files, "/system/", -1);
  std::string seen;
  while (const auto visit = walk.Next()) {
    seen += visit->leaving ? "" : visit->relative + (visit->status.ok() ? " " : "! ");
  }
  CHECK(seen == ". state! time ");
}

}  // namespace ichor::api
