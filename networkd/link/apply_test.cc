#include "networkd/link/apply.h"

#include <linux/if.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/runtime/test_rows.h"
#include "lib/sys/fake_network_settings.h"
#include "lib/sys/fake_virtual_links.h"
#include "lib/sys/fake_wireguard.h"

namespace ichor::networkd {
namespace {

using network::LinkReport;

// networkd's view of a fake kernel.
struct Machine {
  Machine() { netlink.links = {{.index = 2, .name = "eth0", .flags = IFF_UP, .mtu = 1500}}; }

  // One run of the actuator, on what the kernel has now.
  All<LinkReport> Apply(const std::vector<GivenRow<network::LinkSpec>>& desired) {
    std::vector<GivenRow<network::LinkStatus>> observed;
    for (const sys::NetLink& link : netlink.links) {
      network::LinkStatus::Spec status;
      status.set_index(link.index);
      status.set_flags(link.flags);
      status.set_mtu(link.mtu);
      observed.emplace_back(link.name, status);
    }
    auto report = ApplyLinks(
        AllOf<network::LinkSpec>(desired), AllOf<network::LinkStatus>(observed),
        {.netlink = netlink, .virtual_links = links, .wireguard = wireguard, .settings = settings});
    status = report.status();
    std::vector<ResourcePtr> rows;
    for (const DesiredRow& row : std::move(report).Take()) {
      Resource resource;
      resource.metadata.id = row.id;
      resource.spec = row.spec;
      rows.push_back(std::make_shared<const Resource>(std::move(resource)));
    }
    std::ranges::sort(rows, {}, [](const ResourcePtr& row) { return row->metadata.id; });
    return All<LinkReport>(std::make_shared<const std::vector<ResourcePtr>>(std::move(rows)));
  }

  sys::FakeNetlink netlink;
  sys::FakeVirtualLinks links{netlink};
  sys::FakeWireguard wireguard;
  sys::FakeNetworkSettings settings;
  absl::Status status;
};

}  // namespace

TEST_CASE("apply links: one that is made comes up once the kernel shows it") {
  Machine m;
  const std::string bridge = "name: 'br0' logical: true up: true kind: 'bridge' mtu: 1400";
  const auto first = m.Apply({{"br0", bridge}});
  CHECK_THAT(m.status, base::IsOk());
  CHECK(first.find("br0")->spec().made());
  const auto second = m.Apply({{"br0", bridge}});
  CHECK(second.find("br0")->spec().error().empty());
  const auto made = std::ranges::find(m.netlink.links, "br0", &sys::NetLink::name);
  REQUIRE(made != m.netlink.links.end());
  CHECK((made->flags & IFF_UP) != 0);
  CHECK(made->mtu == 1400);
}

TEST_CASE("apply links: what is waited for is no failure, what the kernel refuses is one") {
  Machine m;
  const auto waiting = m.Apply(
      {{"v7", "name: 'v7' logical: true kind: 'vlan' parent_name: 'eth9' vlan { vid: 7 }"}});
  CHECK_THAT(m.status, base::IsOk());
  CHECK(waiting.find("v7")->spec().error() == "waits for link eth9");
  CHECK_FALSE(waiting.find("v7")->spec().made());
  const auto refused =
      m.Apply({{"wg0", "name: 'wg0' logical: true kind: 'wireguard' wireguard { }"}});
  CHECK(refused.find("wg0")->spec().error() == "private key: expected 32 bytes in base64");
  CHECK_FALSE(m.status.ok());
}

TEST_CASE("apply links: a card that is not there is said to be so") {
  Machine m;
  const auto report = m.Apply({{"eth7", "name: 'eth7' up: true"}});
  CHECK(report.find("eth7")->spec().error() == "there is no such link");
}

}  // namespace ichor::networkd
