#include "machined/etcd/directory.h"

#include <unistd.h>

#include <filesystem>
#include <format>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/file.h"

namespace ichor {
namespace {

using Data = EtcdDirectory::Data;

struct Disk {
  Disk() : path(std::format("/tmp/etcd_directory_test.{}", getpid())) {
    std::filesystem::create_directories(path);
  }
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;
  ~Disk() { std::filesystem::remove_all(path); }

  void Write(const std::string& name) const {
    const std::filesystem::path file = std::filesystem::path(path) / name;
    std::filesystem::create_directories(file.parent_path());
    REQUIRE_THAT(sys::WriteFileAtomically(file.string(), "x", 0600), base::IsOk());
  }
  bool Has(const std::string& name) const { return std::filesystem::exists(path + "/" + name); }

  std::string path;
  EtcdDirectory directory{path, getuid()};
};

Data Beginning(Data::Beginning beginning) {
  Data data;
  data.set_beginning(beginning);
  return data;
}

}  // namespace

TEST_CASE("etcd's directory: it is made, and empty until etcd writes into it") {
  const Disk disk;
  CHECK(disk.directory.Look()->empty());
  CHECK(std::filesystem::status(disk.path + "/etcd").permissions() ==
        std::filesystem::perms::owner_all);
  disk.Write("etcd/member/wal/0");
  CHECK_FALSE(disk.directory.Look()->empty());
  REQUIRE_THAT(disk.directory.Wipe(), base::IsOk());
  CHECK(disk.directory.Look()->empty());
}

TEST_CASE("etcd's directory: how the cluster begins is remembered until it has begun") {
  const Disk disk;
  REQUIRE_THAT(disk.directory.Look().status(), base::IsOk());
  REQUIRE_THAT(disk.directory.Record(Beginning(Data::NEW)), base::IsOk());
  CHECK(disk.directory.Look()->beginning() == Data::NEW);
  REQUIRE_THAT(disk.directory.Forget(), base::IsOk());
  CHECK(disk.directory.Look()->beginning() == Data::NONE);
  CHECK_THAT(disk.directory.Forget(), base::IsOk());
}

TEST_CASE("etcd's directory: restored data take their place as a whole, or not at all") {
  const Disk disk;
  REQUIRE_THAT(disk.directory.Look().status(), base::IsOk());
  CHECK_THAT(
      disk.directory.Record(Beginning(Data::SNAPSHOT)),
      base::StatusIs(absl::StatusCode::kFailedPrecondition,
                     "there is no snapshot to recover from: EtcdRecover has to send one first"));
  disk.Write("etcd.snapshot");
  REQUIRE_THAT(disk.directory.Record(Beginning(Data::SNAPSHOT)), base::IsOk());

  disk.Write("etcd/restored/member/snap/db");
  CHECK(disk.directory.Look()->empty());
  REQUIRE_THAT(disk.directory.DropRestored(), base::IsOk());
  CHECK_FALSE(disk.Has("etcd/restored"));

  CHECK_THAT(disk.directory.TakeRestored(),
             base::StatusIs(absl::StatusCode::kFailedPrecondition, "nothing was restored"));

  disk.Write("etcd/restored/member/snap/db");
  REQUIRE_THAT(disk.directory.TakeRestored(), base::IsOk());
  CHECK(disk.Has("etcd/member/snap/db"));
  CHECK_FALSE(disk.Has("etcd/restored"));
  CHECK_FALSE(disk.Has("etcd.snapshot"));
  CHECK(disk.directory.Look()->beginning() == Data::NONE);
}

TEST_CASE("etcd's directory: a record that makes no sense is an error") {
  const Disk disk;
  disk.Write("etcd.beginning");
  CHECK_THAT(disk.directory.Look().status(),
             base::StatusIs(absl::StatusCode::kDataLoss,
                            std::format("{}/etcd.beginning makes no sense", disk.path)));
}

}  // namespace ichor
