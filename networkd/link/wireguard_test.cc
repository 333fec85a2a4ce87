#include "networkd/link/wireguard.h"

#include <string>

#include "absl/strings/escaping.h"
#include "catch2/catch_test_macros.hpp"
#include "google/protobuf/text_format.h"
#include "lib/base/status_matchers.h"
#include "lib/sys/fake_wireguard.h"

namespace ichor::networkd {
namespace {

using base::IsOk;
using base::StatusIs;

std::string Key(char fill) {
  return std::string(32, fill);
}

WireguardSpec Spec(const std::string& more = "") {
  WireguardSpec spec;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(
      "listen_port: 51820 firewall_mark: 32 private_key: '" + absl::Base64Escape(Key('p')) +
          "' peers { public_key: '" + absl::Base64Escape(Key('a')) +
          "' endpoint: '10.0.0.9:51820' persistent_keepalive_interval { seconds: 25 } "
          "allowed_ips { ip: '\\n\\001\\000\\005' prefix_length: 16 } }" +
          more,
      &spec));
  return spec;
}

}  // namespace

TEST_CASE("wireguard: a fresh link gets all of it, then nothing more") {
  sys::FakeWireguard wireguard;
  wireguard.links[7] = {.private_key = "", .public_key = ""};
  REQUIRE_THAT(ApplyWireguard(Spec(), 7, wireguard), IsOk());
  const sys::WireguardSettings& settings = wireguard.links[7];
  CHECK(settings.private_key == Key('p'));
  CHECK(settings.listen_port == 51820);
  CHECK(settings.mark == 32);
  REQUIRE(settings.peers.size() == 1);
  CHECK(settings.peers[0].public_key == Key('a'));
  CHECK(settings.peers[0].endpoint_port == 51820);
  CHECK(settings.peers[0].keepalive_seconds == 25);
  // The kernel keeps networks without the host's bits.
  wireguard.links[7].peers[0].allowed[0].address = std::string("\x0a\x01\0\0", 4);
  REQUIRE_THAT(ApplyWireguard(Spec(), 7, wireguard), IsOk());
  CHECK(wireguard.changes == 1);
}

TEST_CASE("wireguard: only the peer that changed is touched, and one that went is removed") {
  sys::FakeWireguard wireguard;
  wireguard.links[7] = {.private_key = "", .public_key = ""};
  const std::string other = " peers { public_key: '" + absl::Base64Escape(Key('b')) + "' }";
  REQUIRE_THAT(ApplyWireguard(Spec(other), 7, wireguard), IsOk());
  const auto present = wireguard.Read(7);
  REQUIRE_THAT(present, IsOk());
  const auto wanted =
      WantedWireguard(Spec(" peers { public_key: '" + absl::Base64Escape(Key('c')) + "' }"));
  REQUIRE_THAT(wanted, IsOk());
  sys::WireguardSettings shown = *present;
  shown.peers[0].allowed[0].address = std::string("\x0a\x01\0\0", 4);
  shown.peers[1].endpoint_address = "abcd";  // learnt from what came
  const sys::WireguardChange change = WireguardDifference(*wanted, shown);
  CHECK_FALSE(change.private_key.has_value());
  REQUIRE(change.set.size() == 1);
  CHECK(change.set[0].public_key == Key('c'));
  CHECK(change.remove == std::vector<std::string>{Key('b')});
}

TEST_CASE("wireguard: what is no key, address or number is named, without the key") {
  WireguardSpec spec = Spec();
  spec.set_private_key("c2hvcnQ=");
  CHECK_THAT(WantedWireguard(spec), StatusIs(absl::StatusCode::kInvalidArgument,
                                             "private key: expected 32 bytes in base64"));
  spec = Spec();
  spec.mutable_peers(0)->set_endpoint("example.org:1");
  CHECK_THAT(WantedWireguard(spec),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "peer " + spec.peers(0).public_key() +
                          ": endpoint \"example.org:1\": expected an address with a port"));
  spec = Spec();
  spec.set_listen_port(65536);
  CHECK_THAT(WantedWireguard(spec), StatusIs(absl::StatusCode::kInvalidArgument,
                                             "listen port: expected 0 to 65535, got 65536"));
}

TEST_CASE("wireguard: what is shown has no private and no preshared key") {
  sys::WireguardSettings settings{.private_key = Key('p'), .public_key = Key('q')};
  settings.peers.push_back({.public_key = Key('a'),
                            .preshared_key = Key('s'),
                            .endpoint_address = "\x0a\x01\x01\x01",
                            .endpoint_port = 7});
  const WireguardSpec shown = WireguardStatus(settings);
  CHECK(shown.private_key().empty());
  CHECK(shown.peers(0).preshared_key().empty());
  CHECK(shown.public_key() == absl::Base64Escape(Key('q')));
  CHECK(shown.peers(0).endpoint() == "10.1.1.1:7");
}

}  // namespace ichor::networkd
