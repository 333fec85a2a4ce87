#include "machined/files/rendered_files.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "ichor/kubelet.resources.h"
#include "lib/base/hex.h"
#include "lib/base/random.h"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/file.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/etcd/etcd.resources.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"

namespace ichor {
namespace {

namespace fs = std::filesystem;
using std::chrono_literals::operator""s;

std::string MakeDirectory() {
  const std::string random = base::RandomBytes(8);
  const fs::path path = fs::temp_directory_path() /
                        ("rendered_files_test." + base::Hex(std::as_bytes(std::span(random))));
  fs::create_directories(path);
  return path;
}

// One who writes a file, and looks at it again when something happens to files.
struct Fixture {
  Fixture() {
    ExpectFileChanges(t.runtime);
    for (const TypeRef& type :
         {TypeRef::Of<k8s::SecretStatus>(), TypeRef::Of<k8s::ConfigStatus>(),
          TypeRef::Of<etcd::PKIStatus>(), TypeRef::Of<k8s::KubeletFilesStatus>(),
          TypeRef::Of<files::EtcFileStatus>(), TypeRef::Of<block::VolumeMountStatus>()}) {
      t.runtime.SetExternal(type, true);
    }
    t.runtime.Actuate<files::FileChange>("write", [this](const All<files::FileChange>&) {
      ++runs;
      fs::create_directories(top + "/secrets/a");
      return sys::ReadFile(file, 10).value_or("") == "1"
                 ? absl::OkStatus()
                 : sys::WriteFileAtomically(file, "1", 0600);
    });
    rendered = std::make_unique<RenderedFiles>(
        t.runtime, *t.loop, std::vector<std::string>{top + "/secrets", top + "/none"});
    REQUIRE_THAT(t.runtime.Validate(), base::IsOk());
    Turn();
  }
  ~Fixture() { fs::remove_all(top); }

  // Until nothing is noticed any more.
  void Turn() {
    for (int before = -1; before != runs;) {
      before = runs;
      rendered->Take();
      t.Settle();
      t.Advance(1s);
    }
  }

  const std::string top = MakeDirectory();
  const std::string file = top + "/secrets/a/x";
  int runs = 0;
  TestRuntime t;
  std::unique_ptr<RenderedFiles> rendered;
};

}  // namespace

TEST_CASE("rendered files: one that somebody removes or changes is written again, once") {
  Fixture f;
  CHECK(*sys::ReadFile(f.file, 10) == "1");
  const int quiet = f.runs;
  f.Turn();
  CHECK(f.runs == quiet);
  fs::remove(f.file);
  f.Turn();
  CHECK(*sys::ReadFile(f.file, 10) == "1");
  REQUIRE_THAT(sys::WriteFileAtomically(f.file, "2", 0600), base::IsOk());
  f.Turn();
  CHECK(*sys::ReadFile(f.file, 10) == "1");
}

TEST_CASE("rendered files: what is below a directory that was removed is watched when it is back") {
  Fixture f;
  fs::remove_all(f.top + "/secrets/a");
  f.Turn();
  CHECK(*sys::ReadFile(f.file, 10) == "1");
  fs::remove(f.file);
  f.Turn();
  CHECK(*sys::ReadFile(f.file, 10) == "1");
}

}  // namespace ichor
