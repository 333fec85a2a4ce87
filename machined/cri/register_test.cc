#include "machined/cri/register.h"

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "ichor/resource.resources.h"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/volume/fake_mounts.h"
#include "machined/cri/render.h"

namespace ichor {
namespace {

struct Places {
  explicit Places(const std::string& name)
      : root(std::filesystem::temp_directory_path() / name),
        places{.etc = root / "etc", .opt = root / "opt", .run = root / "run", .var = root / "var"} {
    std::filesystem::remove_all(root);
    for (const std::string& place : {places.etc, places.opt, places.run, places.var}) {
      std::filesystem::create_directories(place);
    }
  }
  ~Places() { std::filesystem::remove_all(root); }

  Report<block::VolumeMountStatus> Mount(bool ephemeral, bool written) {
    std::vector<GivenRow<block::MountStatus>> mounted;
    if (ephemeral) {
      mounted.emplace_back("EPHEMERAL", "");
    }
    return MountForCri(
        AllOf<block::MountStatus>(std::move(mounted)),
        AllOf<files::EtcFileStatus>({{kCriToml, written ? "spec_version: '1'" : ""}}), mounts,
        places);
  }

  std::filesystem::path root;
  CriPlaces places;
  sys::FakeMounts mounts;
};

}  // namespace

TEST_CASE("cri: what writes and what reads fit together") {
  TestRuntime t;
  sys::FakeMounts mounts;
  RegisterCri(t.runtime, mounts, {});
  CHECK_THAT(t.runtime.Validate(), base::IsOk());
}

TEST_CASE("cri: nothing is mounted before EPHEMERAL is, and /etc is as it stays") {
  Places node("ichor-cri-early");
  CHECK(node.Mount(false, true).status().ok());
  CHECK(node.Mount(true, false).status().ok());
  CHECK(node.mounts.memory.empty());
  CHECK(node.mounts.overlays.empty());
}

TEST_CASE("cri: places that pods write to are memory, and /opt is kept on EPHEMERAL") {
  Places node("ichor-cri-mounts");
  CHECK_THAT(node.Mount(true, true).status(), base::IsOk());
  CHECK(node.mounts.memory ==
        std::set<std::string>{node.places.etc + "/cni", node.places.etc + "/kubernetes"});
  const sys::OverlayPlan& opt = node.mounts.overlays.at(node.places.opt);
  CHECK(opt.lower == node.places.opt);
  CHECK(opt.upper == node.places.var + "/system/overlays/opt-diff");
  CHECK(opt.programs);
  CHECK(std::filesystem::is_directory(opt.work));
  CHECK(std::filesystem::is_directory(node.places.run + "/lock"));
  CHECK_THAT(node.Mount(true, true).status(), base::IsOk());  // again, with all of it there
}

TEST_CASE("cri: what cannot be made is named, and stops nothing else") {
  Places node("ichor-cri-failed");
  std::filesystem::remove_all(node.places.var);
  Report<block::VolumeMountStatus> report = node.Mount(true, true);
  CHECK(report.status().message().starts_with("cri-/opt: "));
  CHECK(node.mounts.memory.size() == 2);
  const Rows rows = std::move(report).Take();
  REQUIRE(rows.size() == 4);
}

}  // namespace ichor
