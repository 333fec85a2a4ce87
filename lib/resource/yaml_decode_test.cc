#include "catch2/catch_test_macros.hpp"
#include "catch2/generators/catch_generators.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/yaml.h"
#include "talos/resource/definitions/block/block.resources.h"
#include "talos/resource/definitions/cluster/cluster.resources.h"
#include "talos/resource/definitions/cri/cri.resources.h"
#include "talos/resource/definitions/files/files.resources.h"
#include "talos/resource/definitions/k8s/k8s.resources.h"
#include "talos/resource/definitions/network/network.resources.h"
#include "talos/resource/definitions/secrets/secrets.resources.h"

namespace ichor {
namespace {

using base::IsOk;
using base::StatusIs;

template <class Message>
absl::Status Read(std::string_view text) {
  Message message;
  return FromYaml(text, message);
}

TEST_CASE("what is wrong is named with its place, its path, its value and what was expected") {
  const auto [text, message] = GENERATE(table<std::string, std::string>({
      {"linkname: eth0", "1:1: unknown key \"linkname\""},
      {"[]", "1:1: got a list, expected a mapping"},
      {"address: 10.0.0.1/33",
       "1:10: address: got \"10.0.0.1/33\", expected an IP prefix such as 10.0.0.1/24"},
      {"linkName: eth0\nlinkName: eth1", "2:1: duplicate key \"linkName\"; first at 1:1"},
      {"linkName: [eth0]", "1:11: linkName: got a list, expected a string"},
      {"linkName: ~", "1:11: linkName: got null, expected a string"},
      {"priority: -1", "1:11: priority: got \"-1\", expected an integer from 0 to 4294967295"},
      {"priority: 4294967296",
       "1:11: priority: got \"4294967296\", expected an integer from 0 to 4294967295"},
      {"priority: '5'", "1:11: priority: got \"5\", expected an integer from 0 to 4294967295"},
      {"priority: 1.0", "1:11: priority: got \"1.0\", expected an integer from 0 to 4294967295"},
      {"announceWithARP: yes", "1:18: announceWithARP: got \"yes\", expected true or false"},
      {"announceWithARP: 'true'", "1:18: announceWithARP: got \"true\", expected true or false"},
      {"family: inet5", "1:9: family: got \"inet5\", expected one of inet4, inet6"},
      {"flags: permanent,foo",
       "1:8: flags: got \"permanent,foo\", expected flags such as "
       "temporary,nodad,optimistic,dadfailed,"
       "homeaddress,deprecated,tentative,permanent,mngmtmpaddr,noprefixroute,mcautojoin,"
       "stableprivacy"},
  }));
  CHECK_THAT(Read<network::AddressSpecSpec>(text),
             StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST_CASE("the path goes through lists, maps and messages") {
  CHECK_THAT(
      Read<network::LinkSpecSpec>("wireguard:\n    peers:\n        - allowedIPs: [10.0.0.0/8, x]"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "3:36: wireguard.peers[0].allowedIPs[1]: got \"x\", expected an IP prefix such as "
               "10.0.0.1/24"));
  CHECK_THAT(Read<cri::RegistriesConfigSpec>("mirrors:\n    docker.io:\n        endpoint: []"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "3:9: mirrors.docker.io: unknown key \"endpoint\""));
  CHECK_THAT(
      Read<cluster::ConfigSpec>("serviceEncryptionKey: [1, 256]"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "1:27: serviceEncryptionKey[1]: got \"256\", expected an integer from 0 to 255"));
}

TEST_CASE("each form says what it expected") {
  CHECK_THAT(Read<network::RouteSpecSpec>("src: host"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "1:6: src: got \"host\", expected an IP address such as 10.0.0.1"));
  CHECK_THAT(Read<block::FSScrubScheduleSpec>("interval: 5"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "1:11: interval: got \"5\", expected a duration such as 1h30m"));
  CHECK_THAT(
      Read<block::FSScrubScheduleSpec>("nextScrub: 2026-08-01"),
      StatusIs(
          absl::StatusCode::kInvalidArgument,
          "1:12: nextScrub: got \"2026-08-01\", expected a time such as 2026-08-01T12:00:00Z"));
  CHECK_THAT(
      Read<secrets::APICertsSpec>("client: {crt: a}"),
      StatusIs(absl::StatusCode::kInvalidArgument, "1:15: client.crt: got \"a\", expected base64"));
  CHECK_THAT(Read<network::LinkStatusSpec>("hardwareAddr: 52-54"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "1:15: hardwareAddr: got \"52-54\", expected a hardware address such as "
                      "52:54:00:12:34:56"));
  CHECK_THAT(Read<block::VolumeConfigSpec>("locator: {match: a &&}"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "1:18: locator.match: got \"a &&\", expected a CEL expression: at 4: got the "
                      "end, expected an "
                      "expression"));
}

TEST_CASE("numbers and words have several spellings") {
  network::AddressSpecSpec spec;
  CHECK_THAT(
      FromYaml("{linkName: 5, priority: 0x10, family: '10', scope: 7, flags: 'permanent,0x2000'}",
               spec),
      IsOk());
  CHECK(spec.link_name() == "5");
  CHECK(spec.priority() == 16);
  CHECK(spec.family() == talos::resource::definitions::enums::FAMILY_INET6);
  CHECK(spec.scope() == 7);
  CHECK(spec.flags() == 0x2080);
}

TEST_CASE("null stands for an empty list, map or message") {
  network::LinkSpecSpec link;
  CHECK_THAT(FromYaml("{name: a, vlan: null, wireguard: }", link), IsOk());
  CHECK_FALSE(link.has_vlan());
  cri::RegistriesConfigSpec registries;
  CHECK_THAT(FromYaml("{mirrors: ~}", registries), IsOk());
}

TEST_CASE("reading replaces what was there") {
  network::HostnameSpecSpec spec;
  spec.set_domainname("old");
  CHECK_THAT(FromYaml("hostname: new", spec), IsOk());
  CHECK(spec.hostname() == "new");
  CHECK(spec.domainname().empty());
}

TEST_CASE("a message with only zero values is unset, unless setting it means something") {
  block::VolumeConfigSpec volume;
  CHECK_THAT(
      FromYaml("{provisioning: {}, locator: {match: ''}, encryption: {provider: none, keys: []}}",
               volume),
      IsOk());
  CHECK_FALSE(volume.has_provisioning());
  CHECK_FALSE(volume.has_locator());
  CHECK(volume.has_encryption());
  secrets::APICertsSpec certificates;
  CHECK_THAT(FromYaml("{client: {crt: ''}, server: null}", certificates), IsOk());
  CHECK(certificates.has_client());
  CHECK_FALSE(certificates.has_server());
}

TEST_CASE("any YAML value fits where the spec holds one") {
  k8s::SingleManifest manifest;
  CHECK_THAT(
      FromYaml(
          "{a: yes, b: true, c: 1, d: 0o17, e: 1.5, f: null, g: '1', h: 2001-01-01, i: [{}, []]}",
          manifest),
      IsOk());
  const auto& fields = manifest.object().fields();
  CHECK(fields.at("a").string_value() == "yes");
  CHECK(fields.at("b").bool_value());
  CHECK(fields.at("c").number_value() == 1);
  CHECK(fields.at("d").number_value() == 15);
  CHECK(fields.at("e").number_value() == 1.5);
  CHECK(fields.at("f").has_null_value());
  CHECK(fields.at("g").string_value() == "1");
  CHECK(fields.at("h").string_value() == "2001-01-01");
  CHECK(fields.at("i").list_value().values_size() == 2);
  CHECK_THAT(Read<k8s::SingleManifest>("a: 1e999"),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "1:4: a: got \"1e999\", expected a number that is not so large"));
}

TEST_CASE("bytes that are text may be any bytes") {
  files::EtcFileSpecSpec spec;
  spec.set_contents("\xff\x00", 2);
  files::EtcFileSpecSpec back;
  CHECK_THAT(FromYaml(ToYaml(spec), back), IsOk());
  CHECK(back.contents() == spec.contents());
}

}  // namespace
}  // namespace ichor
