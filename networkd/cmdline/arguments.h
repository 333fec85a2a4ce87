// What the kernel's command line says about the network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/common.pb.h"
#include "talos/resource/definitions/network/network.pb.h"

namespace ichor::networkd {

// ip=<client>:<server>:<gateway>:<netmask or prefix
// length>:<hostname>:<device>:<autoconf>:<dns>:<dns>:<ntp> Everything may be missing. IPv6
// addresses stand in [].
struct IpArgument {
  common::NetIPPrefix address;  // without bytes: none
  common::NetIP gateway;        // without bytes: none
  std::string hostname;
  std::string device;  // empty: the first one
  bool dhcp = false;
  std::vector<common::NetIP> name_servers;
  std::string time_server;
};

// bond=<name>[:<members>[:<options>[:<mtu>]]], as dracut.cmdline(7) describes it: members and
// options stand between commas, an option is name=value, addresses in one between semicolons.
struct BondArgument {
  std::string name;
  std::vector<std::string> members;  // eth0 and eth1 if there are none
  talos::resource::definitions::network::BondMasterSpec settings;
  std::uint32_t mtu = 0;  // 0: the kernel's
};

// vlan=<name>:<parent>
struct VlanArgument {
  std::string name;  // "eth0.7" or "vlan7"
  std::string parent;
  std::uint32_t id = 0;
};

struct NetworkArguments {
  std::vector<IpArgument> ip;  // without those that say nothing (ip=dhcp, ip=off)
  std::vector<BondArgument> bonds;
  std::vector<VlanArgument> vlans;
  std::string hostname;              // talos.hostname=, which beats that of ip=
  std::vector<std::string> ignored;  // links that networkd leaves alone
  std::vector<std::string> errors;   // what makes no sense, each naming its argument
};

// Of one value of ip=. InvalidArgument names what is wrong in it.
absl::StatusOr<IpArgument> ParseIpArgument(std::string_view value);

// The same of bond= and vlan=.
absl::StatusOr<BondArgument> ParseBondArgument(std::string_view value);
absl::StatusOr<VlanArgument> ParseVlanArgument(std::string_view value);

// Arguments that make no sense become errors; the others count.
NetworkArguments ParseNetworkArguments(std::string_view command_line);

// Whether they mean links by their names. Else every network card is treated alike, and none has to
// wait for udevd to name it.
bool MeanLinksByName(const NetworkArguments& arguments);

}  // namespace ichor::networkd
