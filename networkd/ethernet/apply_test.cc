#include "networkd/ethernet/apply.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"
#include "lib/sys/fake_ethernet.h"

namespace ichor::networkd {
namespace {

using network::EthernetSpec;
using sys::EthernetSetting;

All<network::LinkStatus> OneCard() {
  return AllOf<network::LinkStatus>({{"br0", "index: 3 type: LINK_ETHER kind: 'bridge'"},
                                     {"enp0s3", "index: 2 type: LINK_ETHER"}});
}

sys::EthernetState Card() {
  return {.now = {{EthernetSetting::kRingRx, 256}, {EthernetSetting::kChannelCombined, 1}},
          .most = {{EthernetSetting::kRingRx, 1024}, {EthernetSetting::kChannelCombined, 4}},
          .features = {{"rx-gro", {.active = true, .wanted = true}},
                       {"tx-lockless", {.active = true, .fixed = true}}},
          .link = true,
          .speed_megabits = 1000,
          .duplex = 1,
          .port = 0,
          .our_modes = {"1000baseT/Full"},
          .wakes_on = {"magic"}};
}

constexpr const char* kWish =
    "rings { rx: 512 } channels { combined: 4 } features { key: 'rx-gro' value: false } "
    "wake_on_lan: WOL_MODE_UNICAST wake_on_lan: WOL_MODE_MAGIC";

}  // namespace

TEST_CASE("ethernet plan: what a card lacks, and nothing else") {
  const EthernetSpec::Spec wish = Text(kWish);
  const sys::EthernetChange change = PlanEthernet(wish, Card());
  CHECK(change.settings == sys::EthernetSettings{{EthernetSetting::kRingRx, 512},
                                                 {EthernetSetting::kChannelCombined, 4}});
  CHECK(change.features == std::map<std::string, bool>{{"rx-gro", false}});
  CHECK(change.wake_on == std::vector<std::string>{"magic", "ucast"});
  const EthernetSpec::Spec same =
      Text("rings { rx: 256 } features { key: 'rx-gro' value: true } wake_on_lan: WOL_MODE_MAGIC");
  CHECK(PlanEthernet(same, Card()).IsEmpty());
  CHECK(PlanEthernet(EthernetSpec::Spec(), Card()).IsEmpty());
}

TEST_CASE("ethernet: cards get their settings once, and show them") {
  sys::FakeEthernet ethernet;
  ethernet.links = {{2, Card()}, {3, {}}};
  const auto desired = AllOf<EthernetSpec>({{"enp0s3", kWish}, {"gone", "rings { rx: 1 }"}});
  const auto report = ApplyEthernet(desired, OneCard(), ethernet);
  CHECK_THAT(report.status(), base::IsOk());
  CHECK(ethernet.changes == 1);
  CHECK(ethernet.links.at(2).now.at(EthernetSetting::kRingRx) == 512);
  ApplyEthernet(desired, OneCard(), ethernet);
  CHECK(ethernet.changes == 1);
}

TEST_CASE("ethernet: a card that refuses fails, with what it has") {
  sys::FakeEthernet ethernet;
  ethernet.links = {{2, Card()}};
  const auto report =
      ApplyEthernet(AllOf<EthernetSpec>({{"enp0s3", "rings { rx: 4096 }"}}), OneCard(), ethernet);
  CHECK_FALSE(report.status().ok());
  CHECK(ethernet.links.at(2).now.at(EthernetSetting::kRingRx) == 256);
}

TEST_CASE("ethernet status: as ethtool shows it") {
  const auto status = ToStatus(Card());
  CHECK(status.link_state());
  CHECK(status.speed_megabits() == 1000);
  CHECK(status.rings().rx() == 256);
  CHECK(status.rings().rx_max() == 1024);
  CHECK_FALSE(status.rings().has_tx());
  CHECK(status.channels().combined_max() == 4);
  REQUIRE(status.features_size() == 2);
  CHECK(status.features(0).name() == "rx-gro");
  CHECK(status.features(0).status() == "on");
  CHECK(status.features(1).status() == "on [fixed]");
  CHECK(status.wake_on_lan_size() == 1);
  CHECK(status.our_modes(0) == "1000baseT/Full");
}

}  // namespace ichor::networkd
