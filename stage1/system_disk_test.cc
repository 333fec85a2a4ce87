#include "stage1/system_disk.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace ichor::stage1 {
namespace {

Disk Named(std::string_view name, std::string_view bus_path, Match match = Match::kNo) {
  Disk disk;
  disk.name.Append({name});
  disk.bus_path.Append({bus_path});
  disk.match = match;
  return disk;
}

std::string Order(const SystemDisk& system) {
  std::string names;
  for (std::size_t i = 0; i < system.count; ++i)
    names += std::string(i == 0 ? "" : " ") + std::string(system.disks[i].name.view());
  return names;
}

}  // namespace

TEST_CASE("system disk: of copies that the firmware does not tell apart the first by bus path") {
  SystemDisk system;
  Insert(Named("vdb", "0000:00:04.0"), system);
  CHECK_FALSE(system.IsGuess());
  Insert(Named("vda", "0000:00:03.0"), system);
  Insert(Named("vdc", "0000:00:05.0"), system);
  CHECK(Order(system) == "vda vdb vdc");
  CHECK(system.IsGuess());
}

TEST_CASE("system disk: what the firmware booted comes first, whatever its place") {
  SystemDisk system;
  Insert(Named("vda", "0000:00:03.0"), system);
  Insert(Named("sdb", "0000:00:05.0/1", Match::kDisk), system);
  Insert(Named("sda", "0000:00:05.0/0", Match::kController), system);
  CHECK(Order(system) == "sdb sda vda");
  CHECK_FALSE(system.IsGuess());
}

TEST_CASE("system disk: two behind the controller that was booted are a guess") {
  SystemDisk system;
  Insert(Named("sdb", "0000:00:05.0/1", Match::kController), system);
  Insert(Named("sda", "0000:00:05.0/0", Match::kController), system);
  Insert(Named("vda", "0000:00:03.0"), system);
  CHECK(Order(system) == "sda sdb vda");
  CHECK(system.IsGuess());
}

TEST_CASE("system disk: of too many copies the least likely are dropped") {
  SystemDisk system;
  for (char c = 'a'; c <= 'z'; ++c)
    Insert(Named(std::string("vd") + c, std::string("0000:00:") + c), system);
  CHECK(system.count == system.disks.size());
  Insert(Named("sda", "9", Match::kDisk), system);
  CHECK(system.count == system.disks.size());
  CHECK(system.disks[0].name.view() == "sda");
  CHECK(system.disks[15].name.view() == "vdo");
}

}  // namespace ichor::stage1
