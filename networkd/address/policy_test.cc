#include "networkd/address/policy.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {
namespace {

using network::AddressSpec;
using network::LinkStatus;

const std::string kTen("\x0a\0\0\5", 4);
const std::string kNine("\x09\0\0\5", 4);

Links Cards() {
  return AllOf<LinkStatus>({{"eth0", "index: 2 type: LINK_ETHER"}});
}

std::string Wish(const std::string& layer) {
  return "address { ip: '\\012\\000\\000\\005' prefix_length: 24 } link_name: 'eth0' "
         "config_layer: " +
         layer;
}

}  // namespace

TEST_CASE("merge addresses: the highest layer wins, the kernel's flags are dropped") {
  auto merged = MergeAddresses(AllOf<Wished<AddressSpec>>(
      {{"cmdline/eth0/10.0.0.5/24", Wish("CONFIG_CMDLINE") + " priority: 7 flags: 0x281"},
       {"dhcp4/eth0/eth0/10.0.0.5/24", Wish("CONFIG_OPERATOR") + " priority: 9 flags: 0x280"}}));
  REQUIRE(merged.ok());
  const auto rows = Stated(*std::move(merged));
  REQUIRE(rows.size() == 1);
  CHECK(rows.front().id() == "eth0/10.0.0.5/24");
  CHECK(rows.front().spec().priority() == 9);
  CHECK(rows.front().spec().flags() == 0x200);
}

TEST_CASE("address plan: adds what is missing, removes only what is ours and no longer desired") {
  const auto desired = AllOf<AddressSpec>({{"eth0/10.0.0.5/24", Wish("CONFIG_OPERATOR")}});
  const KernelAddress ours{.link = 2, .address = kNine, .prefix_length = 24, .ours = true};
  const KernelAddress foreign{.link = 2, .address = kNine, .prefix_length = 16, .ours = false};
  const AddressPlan plan = PlanAddresses(desired, Cards(), {ours, foreign});
  REQUIRE(plan.steps.size() == 1);
  CHECK_FALSE(plan.steps[0].there);
  CHECK(plan.steps[0].address.address == kTen);
  CHECK(plan.remove == std::vector{ours});
}

TEST_CASE("address plan: one that somebody else made is used and not claimed") {
  const auto desired = AllOf<AddressSpec>({{"eth0/10.0.0.5/24", Wish("CONFIG_OPERATOR")}});
  const KernelAddress foreign{.link = 2, .address = kTen, .prefix_length = 24, .ours = false};
  const AddressPlan plan = PlanAddresses(desired, Cards(), {foreign});
  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps[0].there);
  CHECK(plan.steps[0].foreign);
  CHECK(PlanAddresses(AllOf<AddressSpec>({}), Cards(), {foreign}).remove.empty());
}

TEST_CASE("address plan: an address whose link is missing waits") {
  const auto desired = AllOf<AddressSpec>({{"eth0/10.0.0.5/24", Wish("CONFIG_OPERATOR")}});
  const AddressPlan plan = PlanAddresses(desired, AllOf<LinkStatus>({}), {});
  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps[0].link_missing);
}

TEST_CASE("address plan: a link that is renamed keeps its addresses until the wishes follow") {
  AddressSpec::Spec wish = Text(Wish("CONFIG_OPERATOR"));
  wish.set_link_name("eth7");  // as it was called
  const auto desired = AllOf<AddressSpec>({{"eth7/10.0.0.5/24", wish}});
  const KernelAddress there{.link = 2, .address = kTen, .prefix_length = 24, .ours = true};
  const KernelAddress other{.link = 2, .address = kNine, .prefix_length = 24, .ours = true};
  CHECK(PlanAddresses(desired, Cards(), {there, other}).remove == std::vector{other});
}

}  // namespace ichor::networkd
