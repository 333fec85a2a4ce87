#include "machined/etcd/service.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

All<services::ServiceDefinition> Define(bool known, bool down, const std::string& pods,
                                        const std::string& program, const std::string& data = "") {
  auto runtimes = AllOf<cri::ContainerRuntime>({});
  auto programs = AllOf<etcd::EtcdProgram>({});
  auto power = AllOf<boot::PowerRequest>({});
  if (known) {
    runtimes = AllOf<cri::ContainerRuntime>({{"cri", Text("wanted: true")}});
    programs = AllOf<etcd::EtcdProgram>({{"etcd", Text(program)}});
  }
  if (down) {
    power = AllOf<boot::PowerRequest>({{"power", {}}});
  }
  const auto defined =
      DefineEtcd(power, runtimes, programs, AllOf<cri::PodsEnd>({{"pods", Text(pods)}}),
                 AllOf<etcd::EtcdDataStatus>({{"etcd", Text(data)}}));
  REQUIRE_THAT(defined, base::IsOk());
  return Stated(*defined);
}

constexpr const char* kProgram =
    "image: 'etcd:1' arguments: ['/usr/local/bin/etcd', '--name=n1'] binds: '/var/lib/etcd' "
    "read_only_binds: '/system/secrets/etcd' waits_for: 'bootstrap'";

}  // namespace

TEST_CASE("etcd: its program is a service in a container, as its own user") {
  const auto rows = Define(true, false, "", kProgram);
  REQUIRE(rows.size() == 1);
  const auto& definition = rows.front().spec();
  const auto& process = definition.process();
  CHECK(process.arguments_size() == 2);
  CHECK(process.uid() == 60);
  CHECK(process.gid() == 60);
  CHECK(process.cgroup() == "podruntime/etcd");
  CHECK(process.oom_score_adj() == -998);
  CHECK(process.capabilities().empty());
  CHECK(process.container().image() == "etcd:1");
  CHECK(process.container().open_files() == 10240);
  REQUIRE(process.container().mounts_size() == 2);
  CHECK(process.container().mounts(0).destination() == "/var/lib/etcd");
  CHECK(process.container().mounts(0).options(1) == "rw");
  CHECK(process.container().mounts(1).options(1) == "ro");
  CHECK(definition.waits_for(0) == "bootstrap");
  CHECK(definition.depends_on(0) == "cri");
  CHECK(definition.health().stated());
}

TEST_CASE("etcd: it outlives the pods, and a machined that knows nothing yet") {
  CHECK_FALSE(Define(true, true, "running: 1", kProgram).empty());
  CHECK(Define(true, true, "ended: true", kProgram).empty());
  CHECK_FALSE(Define(true, true, "ended: true", kProgram, "leaving: true").empty());
  const auto unknown = Define(false, false, "", "");
  REQUIRE(unknown.size() == 1);
  CHECK(unknown.front().spec().provisional());
  CHECK(unknown.front().spec().internal());
}

}  // namespace ichor
