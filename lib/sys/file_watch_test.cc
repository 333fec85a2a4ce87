#include "lib/sys/file_watch.h"

#include <unistd.h>

#include <filesystem>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/file.h"
#include "lib/sys/ownership.h"

namespace ichor::sys {
namespace {

namespace fs = std::filesystem;

struct Watched {
  Watched() {
    REQUIRE(mkdtemp(top.data()) != nullptr);
    fs::create_directories(top + "/a/b");
    Write("a/b/x", "1");
    auto created = FileWatch::Create();
    REQUIRE_THAT(created, base::IsOk());
    watch = *std::move(created);
    youngest = Watch();
  }
  ~Watched() { fs::remove_all(top); }

  void Write(const std::string& path, const std::string& text) const {
    REQUIRE_THAT(WriteFileAtomically(top + "/" + path, text, 0600), base::IsOk());
  }
  int Watch() const {
    const absl::StatusOr<int> number = watch->Watch(top);
    REQUIRE_THAT(number, base::IsOk());
    return *number;
  }

  std::string top = "/tmp/ichor-watch-XXXXXX";
  std::unique_ptr<FileWatch> watch;
  int youngest = 0;
};

}  // namespace

TEST_CASE("file watch: what happens to files below is noticed, and nothing else") {
  const Watched w;
  CHECK_FALSE(w.watch->Drain());
  CHECK(ReadFile(w.top + "/a/b/x", 10).ok());
  CHECK_FALSE(w.watch->Drain());
  w.Write("a/b/x", "2");
  CHECK(w.watch->Drain());
  CHECK_FALSE(w.watch->Drain());
  fs::permissions(w.top + "/a/b/x", fs::perms(0644));
  CHECK(w.watch->Drain());
  fs::remove(w.top + "/a/b/x");
  CHECK(w.watch->Drain());
  fs::remove_all(w.top + "/a");
  CHECK(w.watch->Drain());
}

TEST_CASE("file watch: a file that is given to whom it belongs to is not touched") {
  const Watched w;
  const Ownership own{.uid = getuid(), .gid = getgid(), .mode = 0600};
  REQUIRE_THAT(SetOwnership(w.top + "/a/b/x", own), base::IsOk());
  REQUIRE_THAT(MakeDirectory(w.top + "/a", {.uid = getuid(), .gid = getgid()}), base::IsOk());
  CHECK_FALSE(w.watch->Drain());
}

TEST_CASE("file watch: what is watched already is not watched twice, what was made since is") {
  const Watched w;
  CHECK(w.Watch() == w.youngest);
  fs::create_directory(w.top + "/a/c");
  CHECK(w.watch->Drain());
  CHECK(w.Watch() > w.youngest);
  w.Write("a/c/y", "1");
  CHECK(w.watch->Drain());
  CHECK(w.watch->Watch(w.top + "/none").value_or(-1) == 0);
}

}  // namespace ichor::sys
