#include "networkd/cmdline/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {
namespace {

using network::LinkSpec;

// The wishes for links of a command line, on a machine with two cards.
All<Wished<LinkSpec>> LinksOf(const std::string& command_line) {
  runtime::KernelCmdline::Spec spec;
  spec.set_cmdline(command_line);
  auto wishes =
      CmdlineNetwork(AllOf<runtime::KernelCmdline>({{"cmdline", spec}}),
                     AllOf<network::LinkStatus>(
                         {{"enp0s3", "index: 2 type: LINK_ETHER hardware_addr: 'RT\\000\\0224V'"},
                          {"enp0s4", "index: 3 type: LINK_ETHER"}}));
  REQUIRE_THAT(wishes, base::IsOk());
  return Stated(std::get<1>(*std::move(wishes)));
}

}  // namespace

TEST_CASE("command line: a bond, its members by name or hardware address, a VLAN and an address") {
  const auto links = LinksOf(
      "bond=bond1:enx525400123456,enp0s4:mode=active-backup:9000 vlan=bond1.7:bond1 "
      "ip=10.0.0.2:::24::bond1.7:off");
  CHECK(Ids(links) == "cmdline/bond1 cmdline/bond1.7 cmdline/enp0s3 cmdline/enp0s4");
  const LinkSpec::Spec& bond = links.find("cmdline/bond1")->spec();
  CHECK(bond.logical());
  CHECK(bond.kind() == "bond");
  CHECK(bond.mtu() == 9000);
  const LinkSpec::Spec& vlan = links.find("cmdline/bond1.7")->spec();
  CHECK(vlan.kind() == "vlan");
  CHECK(vlan.parent_name() == "bond1");
  CHECK(vlan.vlan().vid() == 7);
  CHECK(vlan.up());
  CHECK(links.find("cmdline/enp0s3")->spec().bond_slave().master_name() == "bond1");
  CHECK(links.find("cmdline/enp0s4")->spec().bond_slave().slave_index() == 1);
}

}  // namespace ichor::networkd
