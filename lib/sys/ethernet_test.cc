// ethtool's messages, and the kernel's answers for a pair of virtual cards.
#include "lib/sys/ethernet.h"

#include <linux/ethtool_netlink.h>
#include <linux/genetlink.h>

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/ethernet_messages.h"
#include "lib/sys/linux_ethernet.h"
#include "lib/sys/test_network.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using std::string_literals::operator""s;

struct Message {
  explicit Message(const std::function<void(nlmsghdr&)>& fill)
      : header(*mnl_nlmsg_put_header(buffer.data())) {
    fill(header);
  }
  std::string Body() const {
    return {static_cast<const char*>(mnl_nlmsg_get_payload(&header)),
            mnl_nlmsg_get_payload_len(&header)};
  }
  std::array<std::max_align_t, 256> buffer{};
  nlmsghdr& header;
};

const std::string kHeaderOfLink5 = "\x14\0\x01\x80"s +          // the header of the request
                                   "\x08\0\x01\0\x05\0\0\0"s +  // ETHTOOL_A_HEADER_DEV_INDEX
                                   "\x08\0\x03\0\x02\0\0\0"s;   // ETHTOOL_A_HEADER_FLAGS: no reply

}  // namespace

TEST_CASE("ethernet messages: rings and channels are set apart, switches as bytes") {
  const EthernetSettings settings = {{EthernetSetting::kRingRx, 512},
                                     {EthernetSetting::kRingRxPush, 1},
                                     {EthernetSetting::kRingTcpDataSplit, 0}};
  CHECK(HasEthernetSettings(ETHTOOL_MSG_RINGS_SET, settings));
  CHECK_FALSE(HasEthernetSettings(ETHTOOL_MSG_CHANNELS_SET, settings));
  const Message message(
      [&](nlmsghdr& header) { FillEthernetSettings(header, ETHTOOL_MSG_RINGS_SET, 5, settings); });
  CHECK(message.Body() == "\x10\x01\0\0"s + kHeaderOfLink5 +  // ETHTOOL_MSG_RINGS_SET
                              "\x08\0\x06\0\0\x02\0\0"s +     // ETHTOOL_A_RINGS_RX
                              "\x05\0\x0e\0\x01\0\0\0"s +     // ETHTOOL_A_RINGS_RX_PUSH
                              "\x05\0\x0b\0\x01\0\0\0"s);     // ETHTOOL_A_RINGS_TCP_DATA_SPLIT: off
}

TEST_CASE("ethernet messages: what a reply says of a link is added") {
  std::map<std::uint32_t, EthernetState> links;
  const auto reply = [&links](std::uint8_t command, const std::function<void(nlmsghdr&)>& rest) {
    const Message message([&](nlmsghdr& header) {
      auto& head =
          *static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(&header, sizeof(genlmsghdr)));
      head.cmd = command;
      nlattr* const nest = mnl_attr_nest_start(&header, 1);
      mnl_attr_put_u32(&header, ETHTOOL_A_HEADER_DEV_INDEX, 5);
      mnl_attr_nest_end(&header, nest);
      rest(header);
    });
    AddEthernetPart(message.header, links);
  };
  reply(ETHTOOL_MSG_RINGS_GET_REPLY, [](nlmsghdr& header) {
    mnl_attr_put_u32(&header, ETHTOOL_A_RINGS_RX_MAX, 1024);
    mnl_attr_put_u32(&header, ETHTOOL_A_RINGS_RX, 256);
    mnl_attr_put_u8(&header, ETHTOOL_A_RINGS_TCP_DATA_SPLIT, 2);
  });
  reply(ETHTOOL_MSG_LINKMODES_GET_REPLY, [](nlmsghdr& header) {
    mnl_attr_put_u32(&header, ETHTOOL_A_LINKMODES_SPEED, 1000);
    mnl_attr_put_u8(&header, ETHTOOL_A_LINKMODES_DUPLEX, 1);
  });
  reply(ETHTOOL_MSG_LINKINFO_GET_REPLY,
        [](nlmsghdr& header) { mnl_attr_put_u8(&header, ETHTOOL_A_LINKINFO_PORT, 3); });
  const EthernetState& state = links.at(5);
  CHECK(state.now ==
        EthernetSettings{{EthernetSetting::kRingRx, 256}, {EthernetSetting::kRingTcpDataSplit, 1}});
  CHECK(state.most == EthernetSettings{{EthernetSetting::kRingRx, 1024}});
  CHECK(state.speed_megabits == 1000);
  CHECK(state.duplex == 1);
  CHECK(state.port == 3);
}

TEST_CASE("ethernet: features of a virtual card are read, changed and refused", "[kernel]") {
  const KeepNetwork keep;
  const base::UniqueFd other = EnterNewNetwork();
  const base::UniqueFd here = EnterNewNetwork();
  MakeVethPair("eth0", "peer0", other);
  const std::unique_ptr<LinuxEthernet> ethernet = *LinuxEthernet::Create();
  const std::uint32_t link = LinkIndexOf("eth0");
  const auto gro = [&] { return (*ethernet->Read()).at(link).features.at("rx-gro").active; };
  REQUIRE_THAT(ethernet->Read(), IsOk());
  REQUIRE_THAT(ethernet->Change(link, {.features = {{"rx-gro", true}}}), IsOk());
  CHECK(gro());
  REQUIRE_THAT(ethernet->Change(link, {.features = {{"rx-gro", false}}}), IsOk());
  CHECK_FALSE(gro());
  CHECK_FALSE(ethernet->Change(link, {.features = {{"no-such-feature", true}}}).ok());
  CHECK(absl::IsUnimplemented(
      ethernet->Change(link, {.settings = {{EthernetSetting::kRingRx, 512}}})));
  CHECK(absl::IsNotFound(ethernet->Change(4711, {.features = {{"rx-gro", true}}})));
  CHECK((*ethernet->Read()).at(link).speed_megabits == 10000);
}

}  // namespace ichor::sys
