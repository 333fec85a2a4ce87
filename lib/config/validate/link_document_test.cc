#include "catch2/catch_test_macros.hpp"
#include "lib/config/validate/complaint.h"

namespace ichor::config {
namespace {

TEST_CASE("validate: links: aliases select links and may count") {
  CheckDocument(
      "LinkAliasConfig",
      {{"name: net%d\n"
        "selector: {match: 'link.driver == \"a\"'}",
        ""},
       {"name: '%d'\n"
        "selector: {match: 'link.driver == \"a\"'}",
        "3:7: LinkAliasConfig %d: name: a pattern is a prefix and %d, and nothing behind it "
        "(such as net%d)"},
       {"name: a%db\n"
        "selector: {match: 'link.driver == \"a\"'}",
        "3:7: LinkAliasConfig a%db: name: a pattern is a prefix and %d, and nothing behind "
        "it (such as net%d)"},
       {"name: a%x\n"
        "selector: {match: 'link.driver == \"a\"'}",
        "3:7: LinkAliasConfig a%x: name: a pattern is a prefix and %d, and nothing behind it "
        "(such as net%d)"},
       {"name: a%d%d\n"
        "selector: {match: 'link.driver == \"a\"'}",
        "3:7: LinkAliasConfig a%d%d: name: a pattern is a prefix and %d, and nothing behind "
        "it (such as net%d)"},
       {"name: a", "1:1: LinkAliasConfig a: selector.match: required"},
       {"name: a\n"
        "selector: {match: link.mtu}",
        "4:19: LinkAliasConfig a: selector.match: the expression gives uint, expected bool"},
       {"name: a\n"
        "selector: {match: 'mac(link.permanent_addr) == \"a\"'}",
        ""}});
}

TEST_CASE("validate: links: addresses and routes of links are specified") {
  CheckDocument(
      "LinkConfig",
      {{"addresses: [{address: 10.0.0.1/8}, {}, {address: 0.0.0.0/0}]",
        "1:1: LinkConfig: name: required\n"
        "3:36: LinkConfig: addresses[1].address: required\n"
        "3:50: LinkConfig: addresses[2].address: the unspecified address cannot be set"},
       {"name: a\n"
        "addresses: [{address: x}]",
        "4:23: LinkConfig a: addresses[0].address: got \"x\", expected an IP prefix such as "
        "10.0.0.0/8"}});
  CheckDocument(
      "DummyLinkConfig",
      {{"name: a\n"
        "routes: [{destination: x}]",
        "4:24: DummyLinkConfig a: routes[0].destination: got \"x\", expected an IP prefix "
        "such as 10.0.0.0/8"}});
  CheckDocument("BridgeConfig",
                {{"name: a\n"
                  "routes: [{gateway: 0.0.0.0, source: '::'}]",
                  "4:20: BridgeConfig a: routes[0].gateway: the unspecified address is no gateway\n"
                  "4:37: BridgeConfig a: routes[0].source: the unspecified address is no source"}});
}

TEST_CASE("validate: links: bonds have links and a mode that their primary fits") {
  CheckDocument("BondConfig", {{"name: a",
                                "1:1: BondConfig a: links: required\n"
                                "1:1: BondConfig a: bondMode: required"},
                               {"name: a\n"
                                "links: [b]\n"
                                "bondMode: 802.3ad\n"
                                "primary: c",
                                "6:10: BondConfig a: primary: \"c\" is none of links\n"
                                "6:10: BondConfig a: primary: not supported in the mode 802.3ad"},
                               {"name: a\n"
                                "links: [b]\n"
                                "bondMode: active-backup\n"
                                "primary: b",
                                ""}});
}

TEST_CASE("validate: links: VLANs have a number and a parent") {
  CheckDocument("VLANConfig",
                {{"name: a",
                  "1:1: VLANConfig a: vlanID: must be from 1 to 4094\n"
                  "1:1: VLANConfig a: parent: required"},
                 {"name: a\n"
                  "vlanID: 4095\n"
                  "parent: b",
                  "4:9: VLANConfig a: vlanID: must be from 1 to 4094"},
                 {"name: a\n"
                  "vlanID: 1\n"
                  "parent: b\n"
                  "vlanMode: x",
                  "6:11: VLANConfig a: vlanMode: got \"x\", expected one of 802.1q, 802.1ad"}});
}

TEST_CASE("validate: links: VRFs have a table of their own") {
  CheckDocument("VRFConfig", {{"name: a\n"
                               "table: 0",
                               "4:8: VRFConfig a: table: must be a table of its own: 1 to 252"},
                              {"name: a\n"
                               "table: main",
                               "4:8: VRFConfig a: table: must be a table of its own: 1 to 252"},
                              {"name: a\n"
                               "table: local",
                               "4:8: VRFConfig a: table: must be a table of its own: 1 to 252"},
                              {"name: a\n"
                               "table: default",
                               "4:8: VRFConfig a: table: must be a table of its own: 1 to 252"},
                              {"name: a\n"
                               "table: 7",
                               ""}});
}

TEST_CASE("validate: links: both ends of virtual Ethernet have names of their own") {
  CheckDocument(
      "VethConfig",
      {{"name: a", "1:1: VethConfig a: peer.name: required"},
       {"name: a\n"
        "peer: {name: a}",
        "4:14: VethConfig a: peer.name: both ends have the same name"},
       {"name: aaaaaaaaaaaaaaaa\n"
        "peer: {name: 'b c'}",
        "3:7: VethConfig aaaaaaaaaaaaaaaa: name: longer than 15 bytes\n"
        "4:14: VethConfig aaaaaaaaaaaaaaaa: peer.name: '/', ':' and blanks are not allowed"},
       {"name: a/b\n"
        "peer: {name: 'c:d'}",
        "3:7: VethConfig a/b: name: '/', ':' and blanks are not allowed\n"
        "4:14: VethConfig a/b: peer.name: '/', ':' and blanks are not allowed"}});
}

TEST_CASE("validate: links: keys and endpoints of WireGuard have their form") {
  CheckDocument(
      "WireguardConfig",
      {{"name: a\n"
        "privateKey: b\n"
        "listenPort: 65536\n"
        "peers: [{publicKey: c, presharedKey: d, persistentKeepaliveInterval: -1s}]",
        "4:13: WireguardConfig a: privateKey: expected base64 of 32 bytes\n"
        "5:13: WireguardConfig a: listenPort: must be from 0 to 65535\n"
        "6:21: WireguardConfig a: peers[0].publicKey: expected base64 of 32 bytes\n"
        "6:38: WireguardConfig a: peers[0].presharedKey: expected base64 of 32 bytes\n"
        "6:70: WireguardConfig a: peers[0].persistentKeepaliveInterval: must not be negative"},
       {"name: a\n"
        "privateKey: QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n"
        "peers: [{publicKey: QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=, endpoint: "
        "'10.0.0.1:51820'}]",
        ""}});
}

}  // namespace
}  // namespace ichor::config
