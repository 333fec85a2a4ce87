#include "lib/rpc/roles.h"

#include <algorithm>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/rpc/role_table.h"

namespace ichor::rpc {

TEST_CASE("roles: a reader looks, and does nothing") {
  const Roles reader({"os:reader"});
  const std::string allowed = GENERATE(
      as<std::string>(), "/machine.MachineService/Version", "/machine.MachineService/SystemStat",
      "/machine.MachineService/Dmesg", "/machine.MachineService/Events",
      "/storage.StorageService/Disks", "/cosi.resource.State/Get", "/cosi.resource.State/List",
      "/cosi.resource.State/Watch", "/machine.MachineService/ApplyConfiguration");
  CHECK(MayCall(allowed, reader));
  const std::string refused = GENERATE(
      as<std::string>(), "/machine.MachineService/Reboot", "/machine.MachineService/Shutdown",
      "/machine.MachineService/Reset", "/machine.MachineService/MetaWrite",
      "/machine.MachineService/Read", "/cosi.resource.State/Update",
      "/machine.MachineService/Versio", "/machine.MachineService/Version/", "", "/", "/zzz/zzz");
  CHECK_FALSE(MayCall(refused, reader));
  CHECK(MayCall(refused, Roles({"os:admin"})));
}

TEST_CASE("roles: each opens its own methods") {
  CHECK(MayCall("/machine.MachineService/Reboot", Roles({"os:operator"})));
  CHECK_FALSE(MayCall("/machine.MachineService/Upgrade", Roles({"os:operator"})));
  CHECK(MayCall("/machine.MachineService/EtcdSnapshot", Roles({"os:etcd:backup"})));
  CHECK(MayCall("/machine.MachineService/MetaWrite", Roles({"os:meta:writer"})));
  CHECK(MayCall("/machine.ImageService/Verify", Roles({"os:image:verifier"})));
  CHECK_FALSE(MayCall("/machine.MachineService/Version", Roles({"os:impersonator"})));
  CHECK_FALSE(MayCall("/machine.MachineService/Version", Roles({"os:unheard-of", "reader", ""})));
  CHECK_FALSE(MayCall("/machine.MachineService/Version", Roles()));
}

TEST_CASE("roles: every method is open to the roles of the table, and to no other") {
  for (const RoleRow& row : RoleTable()) {
    for (const std::string& role : AllRoles()) {
      INFO(row.method << " as " << role);
      CHECK(MayCall(row.method, Roles({role})) == std::ranges::contains(row.roles, role));
    }
  }
}

TEST_CASE("roles: who may call a method is told, for those who may not") {
  CHECK(RolesThatMayCall("/machine.MachineService/Reboot").Names() ==
        std::vector<std::string>{"os:admin", "os:operator"});
  CHECK(RolesThatMayCall("/machine.MachineService/Reset").Names() ==
        std::vector<std::string>{"os:admin"});
}

TEST_CASE("roles: a set gives its names back, sorted, and what it shares with another") {
  const Roles roles({"os:reader", "os:admin", "x", "os:reader"});
  CHECK(roles.Names() == std::vector<std::string>{"os:admin", "os:reader"});
  CHECK(roles.Contains("os:reader"));
  CHECK_FALSE(roles.Contains("os:operator"));
  CHECK(roles.And(Roles({"os:reader", "os:operator"})).Names() ==
        std::vector<std::string>{"os:reader"});
}

}  // namespace ichor::rpc
