#include "networkd/link/bond.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "google/protobuf/text_format.h"

namespace ichor::networkd {
namespace {

using sys::BondOption;
using sys::BondSettings;

BondSpec Spec(const std::string& text) {
  BondSpec spec;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &spec));
  return spec;
}

BondSettings Wanted(const std::string& text) {
  return WantedBond(Spec(text),
                    [](std::string_view name) -> std::uint32_t { return name == "eth0" ? 2 : 0; });
}

}  // namespace

TEST_CASE("bond: a new one is told its mode and what differs from the kernel's defaults") {
  const BondSettings change = BondDifference(
      Wanted("mode: BOND_MODE8023_AD use_carrier: true lacp_rate: LACP_RATE_FAST mii_mon: 100"),
      {});
  CHECK(change == BondSettings{.options = {{BondOption::kMode, 4},
                                           {BondOption::kMiimon, 100},
                                           {BondOption::kLacpRate, 1}},
                               .arp_targets = std::nullopt,
                               .ns_targets = std::nullopt});
}

TEST_CASE("bond: what its mode does not know is not sent") {
  const BondSettings wanted = Wanted(
      "mode: BOND_MODE_ROUNDROBIN lacp_rate: LACP_RATE_FAST primary: 'eth0' packets_per_slave: 3");
  CHECK_FALSE(wanted.options.contains(BondOption::kLacpRate));
  CHECK_FALSE(wanted.options.contains(BondOption::kPrimary));
  CHECK(wanted.options.at(BondOption::kPacketsPerSlave) == 3);
}

TEST_CASE("bond: the preferred member goes by its index, once it is there") {
  CHECK(Wanted("mode: BOND_MODE_ACTIVE_BACKUP primary: 'eth0'").options.at(BondOption::kPrimary) ==
        2);
  CHECK_FALSE(Wanted("mode: BOND_MODE_ACTIVE_BACKUP primary: 'eth1'")
                  .options.contains(BondOption::kPrimary));
}

TEST_CASE("bond: one that the kernel shows as wanted lacks nothing") {
  BondSettings present = Wanted(
      "mode: BOND_MODE_ACTIVE_BACKUP mii_mon: 100 up_delay: 250 "
      "use_carrier: true arp_ip_targets { ip: '\\n\\000\\000\\001' }");
  CHECK(present.options.at(BondOption::kUpDelay) == 200);  // two looks at the carrier
  CHECK(BondDifference(present, present) == BondSettings());
  present.options[BondOption::kMiimon] = 50;
  present.arp_targets.reset();
  const BondSettings change =
      BondDifference(Wanted("mode: BOND_MODE_ACTIVE_BACKUP mii_mon: 100 up_delay: 250 "
                            "use_carrier: true arp_ip_targets { ip: '\\n\\000\\000\\001' }"),
                     present);
  CHECK(change.options == std::map<BondOption, std::uint32_t>{{BondOption::kMiimon, 100}});
  CHECK(change.arp_targets == std::vector<std::string>{std::string("\x0a\0\0\x01", 4)});
}

TEST_CASE("bond: a setting that is taken back has the kernel's default again") {
  BondSettings present = Wanted("use_carrier: true resend_igmp: 7");
  const BondSettings change = BondDifference(Wanted("use_carrier: true"), present);
  CHECK(change.options == std::map<BondOption, std::uint32_t>{{BondOption::kResendIgmp, 1}});
}

TEST_CASE("bond: modes without ARP look at the carrier, as the kernel makes them") {
  CHECK(Wanted("mode: BOND_MODE8023_AD").options.at(BondOption::kMiimon) == 100);
  CHECK(Wanted("mode: BOND_MODE_XOR").options.at(BondOption::kMiimon) == 0);
}

TEST_CASE("bond: another mode needs a new bond, other LACP settings one that is down") {
  const BondSettings lacp{.options = {{BondOption::kLacpRate, 1}},
                          .arp_targets = std::nullopt,
                          .ns_targets = std::nullopt};
  const BondSettings mode{
      .options = {{BondOption::kMode, 1}}, .arp_targets = std::nullopt, .ns_targets = std::nullopt};
  CHECK(NeedsBondDown(lacp));
  CHECK_FALSE(NeedsNewBond(lacp));
  CHECK(NeedsNewBond(mode));
}

TEST_CASE("bond: its status says what the kernel says") {
  const BondSpec spec =
      BondStatus({.options = {{BondOption::kMode, 1},
                              {BondOption::kPrimary, 2},
                              {BondOption::kMiimon, 100},
                              {BondOption::kUseCarrier, 1}},
                  .arp_targets = std::vector<std::string>{std::string("\x0a\0\0\x01", 4)},
                  .ns_targets = std::nullopt},
                 [](std::uint32_t index) { return index == 2 ? "eth0" : ""; });
  CHECK(spec.ShortDebugString() ==
        Spec("mode: BOND_MODE_ACTIVE_BACKUP primary_index: 2 primary: 'eth0' mii_mon: 100 "
             "use_carrier: true arp_ip_targets { ip: '\\n\\000\\000\\001' }")
            .ShortDebugString());
}

}  // namespace ichor::networkd
