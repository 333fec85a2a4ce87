#include "networkd/link/select.h"

#include <string>

#include "catch2/catch_test_macros.hpp"
#include "lib/runtime/test_rows.h"

namespace ichor::networkd {
namespace {

using network::LinkStatus;

Links TwoCards() {
  return AllOf<LinkStatus>({
      {"br0", "index: 5 type: LINK_ETHER kind: 'bridge'"},
      {"enp0s3",
       "index: 2 type: LINK_ETHER driver: 'virtio_net' bus_path: '0000:00:03.0' "
       "hardware_addr: 'RT\\000\\0224V' permanent_addr: 'RT\\000\\0224V'"},
      {"enp0s4", "index: 3 type: LINK_ETHER driver: 'e1000' alt_names: 'san0' pci_id: '8086:100E'"},
      {"lo", "index: 1 type: LINK_LOOPBCK flags: 1"},
  });
}

definitions::LinkSelector Selector(const std::string& text) {
  return Text(text);
}

}  // namespace

TEST_CASE("selectors: all that is set must fit, with patterns") {
  const Links links = TwoCards();
  const auto& virtio = links.find("enp0s3")->spec();
  CHECK(Fits(Selector("driver: 'virtio*'"), virtio));
  CHECK(Fits(Selector("hardware_addr: '52:54:00:*'"), virtio));
  CHECK(Fits(Selector("permanent_addr: '52:54:00:12:34:5?'"), virtio));
  CHECK(Fits(Selector("bus_path: '0000:00:03.0' physical: true"), virtio));
  CHECK_FALSE(Fits(Selector("driver: 'virtio*' bus_path: '*:04.0'"), virtio));
  CHECK_FALSE(Fits(Selector("physical: false"), virtio));
  CHECK(Fits(Selector("physical: false"), links.find("br0")->spec()));
  CHECK(Fits(Selector("pci_id: '8086:*'"), links.find("enp0s4")->spec()));
  CHECK_FALSE(Fits(Selector(""), virtio));
}

TEST_CASE("patterns: stars stand for any characters, wherever they are") {
  CHECK(FitsPattern("a*b*c", "a-b-b-c"));
  CHECK(FitsPattern("*", ""));
  CHECK(FitsPattern("", ""));
  CHECK_FALSE(FitsPattern("a*b", "a-b-c"));
  CHECK_FALSE(FitsPattern("?", ""));
}

TEST_CASE("vlan names: parent and number, or a part of its hash") {
  CHECK(VlanName("eth0", 7) == "eth0.7");
  CHECK(VlanName("enp0s31f6u", 4094) == "enp0s31f6u.4094");
  const std::string cut = VlanName("enx525400123456", 100);
  CHECK(cut.size() == 14);
  CHECK(cut.starts_with("enx5"));
  CHECK(cut.ends_with(".100"));
}

}  // namespace ichor::networkd
