#include "machined/network/aliases.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"

namespace ichor {
namespace {

using network::LinkStatus;

All<config::MachineConfig> ConfigOf(const std::string& name, const std::string& selector) {
  config::MachineConfig::Spec spec;
  spec.set_yaml_marshalled("apiVersion: v1alpha1\nkind: LinkAliasConfig\nname: \"" + name +
                           "\"\nselector: {match: '" + selector + "'}\n");
  return AllOf<config::MachineConfig>({{"v1alpha1", spec}});
}

All<LinkStatus> TwoCards() {
  return AllOf<LinkStatus>(
      {{"br0", "type: LINK_ETHER kind: \"bridge\" driver: \"virtio_net\""},
       {"enp0s3", "type: LINK_ETHER driver: \"virtio_net\" permanent_addr: \"RT\\000\\0224V\""},
       {"enp0s4", "type: LINK_ETHER driver: \"virtio_net\""},
       {"lo", "type: LINK_LOOPBCK"}});
}

struct Result {
  std::string aliases;  // "enp0s3=net0 …"
  std::string problem;
};

Result Choose(const std::string& name, const std::string& selector) {
  auto chosen = ChooseLinkAliases(ConfigOf(name, selector), TwoCards());
  REQUIRE_THAT(chosen, base::IsOk());
  Result result;
  for (const auto& row : Stated(std::move(std::get<0>(*chosen)))) {
    result.aliases += row.id() + "=" + row.spec().alias() + " ";
  }
  for (const auto& row : Stated(std::move(std::get<1>(*chosen)))) {
    CHECK(row.id() == "link-alias");
    result.problem = row.spec().details(0);
  }
  return result;
}

}  // namespace

TEST_CASE("link aliases: a name goes to the card that fits, by its hardware address too") {
  const Result result = Choose("uplink", "mac(link.permanent_addr) == \"52:54:00:12:34:56\"");
  CHECK(result.aliases == "enp0s3=uplink ");
  CHECK(result.problem.empty());
}

TEST_CASE("link aliases: a pattern numbers the cards that fit, and no made links") {
  CHECK(Choose("net%d", "glob(\"virtio*\", link.driver)").aliases == "enp0s3=net0 enp0s4=net1 ");
}

TEST_CASE("link aliases: a name that two cards fit goes to none, and that is said") {
  const Result result = Choose("uplink", "link.driver == \"virtio_net\"");
  CHECK(result.aliases.empty());
  CHECK(result.problem ==
        "LinkAliasConfig uplink: 2 cards fit, enp0s3 the first of them: none gets the name");
}

TEST_CASE("link aliases: without a config there are none") {
  auto chosen = ChooseLinkAliases(AllOf<config::MachineConfig>({}), TwoCards());
  REQUIRE_THAT(chosen, base::IsOk());
  CHECK(Stated(std::move(std::get<0>(*chosen))).empty());
}

}  // namespace ichor
