// WireGuard's messages as linux/wireguard.h describes them, and the real one where there is one.
#include "lib/sys/wireguard.h"

#include <linux/genetlink.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/sys/linux_netlink.h"
#include "lib/sys/linux_virtual_links.h"
#include "lib/sys/linux_wireguard.h"
#include "lib/sys/test_network.h"
#include "lib/sys/wireguard_messages.h"

namespace ichor::sys {
namespace {

using base::IsOk;
using std::string_literals::operator""s;

const std::string kKey(32, 'k');

struct Message {
  explicit Message(const std::function<void(nlmsghdr&)>& fill)
      : buffer(kWireguardPeerBytes / sizeof(std::max_align_t)),
        header(*mnl_nlmsg_put_header(buffer.data())) {
    fill(header);
  }
  std::string Body() const {
    return {static_cast<const char*>(mnl_nlmsg_get_payload(&header)),
            mnl_nlmsg_get_payload_len(&header)};
  }
  std::vector<std::max_align_t> buffer;
  nlmsghdr& header;
};

WireguardPeer Peer() {
  return {.public_key = kKey,
          .preshared_key = "",
          .endpoint_address = "\x0a\0\0\x09"s,
          .endpoint_port = 51820,
          .keepalive_seconds = 25,
          .allowed = {{.address = "\x0a\x01\0\0"s, .prefix_length = 16}}};
}

}  // namespace

TEST_CASE("wireguard messages: keys, port and mark of a link") {
  const Message message([](nlmsghdr& header) {
    FillWireguardLink(header, 5, {.private_key = kKey, .listen_port = 51820, .mark = 0x20});
  });
  CHECK(message.Body() == "\x01\x01\0\0"s +                  // WG_CMD_SET_DEVICE, version 1
                              "\x08\0\x01\0\x05\0\0\0"s +    // WGDEVICE_A_IFINDEX
                              "\x24\0\x03\0"s + kKey +       // WGDEVICE_A_PRIVATE_KEY
                              "\x06\0\x06\0\x6c\xca\0\0"s +  // WGDEVICE_A_LISTEN_PORT
                              "\x08\0\x07\0\x20\0\0\0"s);    // WGDEVICE_A_FWMARK
}

TEST_CASE("wireguard messages: a peer with all that it has") {
  const Message message([](nlmsghdr& header) { FillWireguardPeer(header, 5, Peer(), 0, 100); });
  CHECK(message.Body() ==
        "\x01\x01\0\0"s + "\x08\0\x01\0\x05\0\0\0"s + "\x94\0\x08\x80"s +  // WGDEVICE_A_PEERS
            "\x90\0\0\x80"s +                                              // the only one
            "\x24\0\x01\0"s + kKey +                                       // WGPEER_A_PUBLIC_KEY
            "\x08\0\x03\0\x02\0\0\0"s +                  // WGPEER_F_REPLACE_ALLOWEDIPS
            "\x24\0\x02\0"s + std::string(32, '\0') +    // WGPEER_A_PRESHARED_KEY: none
            "\x14\0\x04\0\x02\0\xca\x6c\x0a\0\0\x09"s +  // WGPEER_A_ENDPOINT
            std::string(8, '\0') +                       // the rest of sockaddr_in
            "\x06\0\x05\0\x19\0\0\0"s +                  // keepalive: 25 s
            "\x20\0\x09\x80"s +                          // WGPEER_A_ALLOWEDIPS
            "\x1c\0\0\x80"s +                            // the only one
            "\x06\0\x01\0\x02\0\0\0"s +                  // AF_INET
            "\x08\0\x02\0\x0a\x01\0\0"s + "\x05\0\x03\0\x10\0\0\0"s);  // 10.1.0.0/16
  const Message removal([](nlmsghdr& header) { FillWireguardRemoval(header, 5, kKey); });
  CHECK(removal.Body() == "\x01\x01\0\0"s + "\x08\0\x01\0\x05\0\0\0"s + "\x34\0\x08\x80"s +
                              "\x30\0\0\x80"s + "\x24\0\x01\0"s + kKey +
                              "\x08\0\x03\0\x01\0\0\0"s);  // WGPEER_F_REMOVE_ME
}

TEST_CASE("wireguard messages: what the kernel says in several parts is one peer") {
  WireguardPeer peer = Peer();
  peer.allowed.push_back({.address = std::string(16, '\x20'), .prefix_length = 64});
  const Message first([&](nlmsghdr& header) { FillWireguardPeer(header, 5, peer, 0, 1); });
  const Message second([&](nlmsghdr& header) { FillWireguardPeer(header, 5, peer, 1, 1); });
  WireguardSettings settings;
  AddWireguardPart(first.header, settings);
  AddWireguardPart(second.header, settings);
  REQUIRE(settings.peers.size() == 1);
  CHECK(settings.peers[0] == peer);
}

TEST_CASE("wireguard messages: a family is found by its name") {
  const Message message([](nlmsghdr& header) {
    FillFamilyRequest(header);
    mnl_attr_put_u16(&header, CTRL_ATTR_FAMILY_ID, 37);
    mnl_attr_put_strz(&header, CTRL_ATTR_FAMILY_NAME, "wireguard");
  });
  CHECK(FamilyIn(message.header, "wireguard") == 37);
  CHECK_FALSE(FamilyIn(message.header, "ethtool").has_value());
}

TEST_CASE("wireguard: a link has what it was given, and peers go one at a time", "[kernel]") {
  const KeepNetwork keep;
  const base::UniqueFd here = EnterNewNetwork();
  const auto links = *LinuxVirtualLinks::Create();
  const absl::Status made =
      links->Make({.name = "wg0", .kind = "wireguard", .group = 1, .settings = {}});
  if (absl::IsUnimplemented(made)) {
    SKIP("this kernel has no WireGuard");
  }
  REQUIRE_THAT(made, IsOk());
  const std::uint32_t link = LinkIndexOf("wg0");
  const auto wireguard = *LinuxWireguard::Create();
  WireguardPeer other = Peer();
  other.public_key = std::string(32, 'o');
  other.allowed = {{.address = "\x0a\x02\0\0"s, .prefix_length = 16}};
  std::string key(32, 'p');  // as Curve25519 wants a private key
  key.front() = 0x40;
  key.back() = 0x41;
  REQUIRE_THAT(
      wireguard->Change(
          link, {.private_key = key, .listen_port = 51820, .mark = 0x20, .set = {Peer(), other}}),
      IsOk());
  REQUIRE_THAT(wireguard->Change(link, {.remove = {other.public_key}}), IsOk());
  const auto settings = wireguard->Read(link);
  REQUIRE_THAT(settings, IsOk());
  CHECK(settings->private_key == key);
  CHECK(settings->listen_port == 51820);
  CHECK(settings->peers == std::vector<WireguardPeer>{Peer()});
}

}  // namespace ichor::sys
