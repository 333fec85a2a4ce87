#include "machined/etcd/pki_files.h"

#include <unistd.h>

#include <filesystem>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/text.h"
#include "lib/runtime/test_rows.h"
#include "lib/sys/file.h"

namespace ichor {
namespace {

All<etcd::PKIStatus> RowsOf(Report<etcd::PKIStatus> report) {
  std::vector<ResourcePtr> resources;
  for (const DesiredRow& row : std::move(report).Take()) {
    Resource resource;
    resource.metadata.id = row.id;
    resource.spec = row.spec;
    resources.push_back(std::make_shared<const Resource>(std::move(resource)));
  }
  return All<etcd::PKIStatus>(
      std::make_shared<const std::vector<ResourcePtr>>(std::move(resources)));
}

}  // namespace

TEST_CASE("etcd pki: its files are written, and go with the secrets") {
  std::string top = "/tmp/ichor-etcd-XXXXXX";
  REQUIRE(mkdtemp(top.data()) != nullptr);
  const std::string path = top + "/secrets/etcd";
  const auto roots =
      AllOf<secrets::EtcdRootSecret>({{"etcd", Text("etcd_ca { crt: 'ca crt' key: 'ca key' }")}});
  const auto write = [&](const std::string& server) {
    return WriteEtcdPki(
        roots,
        AllOf<secrets::EtcdSecret>(
            {{"etcd", Text("etcd { crt: '" + server +
                           "' key: 'k' } etcd_peer { crt: 'p' } etcd_admin { crt: 'a' }")}}),
        path, getuid());
  };
  auto report = write("one");
  REQUIRE_THAT(report.status(), base::IsOk());
  const auto rows = RowsOf(std::move(report));
  REQUIRE(Ids(rows) == "etcd");
  CHECK(rows.front().spec().ready());
  CHECK(*sys::ReadFile(path + "/ca.crt", 100) == "ca crt");
  CHECK(*sys::ReadFile(path + "/server.crt", 100) == "one");
  CHECK(*sys::ReadFile(path + "/server.key", 100) == "k");
  CHECK(*sys::ReadFile(path + "/peer.crt", 100) == "p");
  CHECK(*sys::ReadFile(path + "/admin.crt", 100) == "a");
  const std::string version = rows.front().spec().version();
  CHECK(RowsOf(write("two")).front().spec().version() != version);
  CHECK(RowsOf(WriteEtcdPki(roots, AllOf<secrets::EtcdSecret>({}), path, getuid())).empty());
  CHECK(std::filesystem::is_empty(path));
  std::filesystem::remove_all(top);
}

}  // namespace ichor
