#include "machined/platform/policy.h"

#include <string>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using network::PlatformFile;

struct Given {
  std::string command_line;
  std::vector<GivenRow<PlatformFile>> files = {};
  std::vector<GivenRow<runtime::MetaKey>> keys = {};
  bool meta_read = true;
  std::string serial_number = "";
};

absl::StatusOr<PlatformDescription> Describe(const Given& given) {
  runtime::KernelCmdline::Spec line;
  line.set_cmdline(given.command_line);
  hardware::SystemInformation::Spec system;
  system.set_serial_number(given.serial_number);
  return DescribePlatformNetwork(
      AllOf<PlatformFile>(given.files), AllOf<runtime::MetaKey>(given.keys),
      given.meta_read ? AllOf<runtime::MetaLoad>({{"meta-loaded", "done: true"}})
                      : AllOf<runtime::MetaLoad>({}),
      AllOf<runtime::KernelCmdline>({{"cmdline", line}}),
      AllOf<hardware::SystemInformation>({{"systeminformation", system}}),
      AllOf<network::LinkStatus>({{"eth0", "type: LINK_ETHER"}}));
}

// The one row; and what is wrong.
struct Answer {
  std::string id;
  network::PlatformConfig::Spec config;
  std::vector<std::string> problems = {};
};
Answer AnswerTo(const Given& given) {
  auto described = Describe(given);
  REQUIRE_THAT(described, base::IsOk());
  const auto configs = Stated(std::move(std::get<0>(*described)));
  REQUIRE(configs.size() == 1);
  Answer answer{.id = configs.front().id(), .config = configs.front().spec()};
  for (const auto& row : Stated(std::move(std::get<1>(*described)))) {
    answer.problems.assign(row.spec().details().begin(), row.spec().details().end());
  }
  return answer;
}

GivenRow<PlatformFile> File(const std::string& name, const std::string& text) {
  PlatformFile::Spec spec;
  spec.set_text(text);
  return {name, spec};
}

GivenRow<runtime::MetaKey> Key(const std::string& id, const std::string& value) {
  runtime::MetaKey::Spec spec;
  spec.set_value(value);
  return {id, spec};
}

}  // namespace

TEST_CASE("platform network: on metal it is what META says, once META was read") {
  CHECK(absl::IsUnavailable(Describe({.command_line = "quiet", .meta_read = false}).status()));
  const Answer none = AnswerTo({.command_line = "quiet"});
  CHECK(none.id == "active");
  CHECK(none.config.links().empty());
  const Answer some =
      AnswerTo({.command_line = "talos.platform=metal",
                .files = {File("network-config", "version: 1")},
                .keys = {Key("0x0a", "links: [{name: eth0, up: true}]"), Key("0x0b", "code")}});
  CHECK(some.config.links(0).name() == "eth0");
  CHECK(some.problems.empty());
}

TEST_CASE("platform network: what META has wrong is named, and the node goes on without it") {
  const Answer answer =
      AnswerTo({.command_line = "quiet", .keys = {Key("0x0a", "links:\n  - {mtu: big}")}});
  CHECK(answer.id == "active");
  CHECK(answer.config.links().empty());
  REQUIRE(answer.problems.size() == 1);
  CHECK(answer.problems.front().starts_with("META 0x0a:2:11: links[0].mtu: "));
}

TEST_CASE("platform network: nocloud's files; the machine's serial number knows names better") {
  const Answer answer =
      AnswerTo({.command_line = "talos.platform=nocloud",
                .files = {File("meta-data", "hostname: n1.lab\nregion: north"),
                          File("network-config", "version: 2\nethernets: {eth0: {dhcp4: 7}}"),
                          File("platform-network.yaml", "links: [{name: old}]")},
                .serial_number = "ds=nocloud;i=i-9"});
  CHECK(answer.id == "active");
  CHECK(answer.config.links(0).name() == "eth0");
  CHECK(answer.config.metadata().instance_id() == "i-9");
  CHECK(answer.config.metadata().region() == "north");
  CHECK(answer.config.hostnames(0).hostname() == "n1");
  CHECK(answer.config.hostnames(0).domainname() == "lab");
  CHECK(answer.problems ==
        std::vector<std::string>{"network-config:2:27: dhcp4: \"7\" is neither true nor false"});
}

TEST_CASE("platform network: hcloud's files, with the address that others see") {
  const Answer answer = AnswerTo({.command_line = "talos.platform=hcloud",
                                  .files = {File("public-ipv4", "5.9.0.1\n"),
                                            File("instance-id", "7"), File("hostname", "n1")}});
  CHECK(ToText(answer.config.external_ips(0)) == "5.9.0.1");
  CHECK(answer.config.metadata().provider_id() == "hcloud://7");
  CHECK(answer.config.hostnames(0).hostname() == "n1");
}

TEST_CASE("platform network: a cloud that is silent yet has what STATE kept, or nothing") {
  const Answer kept = AnswerTo({.command_line = "talos.platform=hcloud",
                                .files = {File("platform-network.yaml", "links: [{name: eth0}]")}});
  CHECK(kept.id == "cached");
  CHECK(kept.config.links(0).name() == "eth0");
  const Answer nothing = AnswerTo({.command_line = "talos.platform=hcloud"});
  CHECK(nothing.id == "active");
  CHECK(!nothing.config.has_metadata());
}

}  // namespace ichor
