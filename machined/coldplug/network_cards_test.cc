#include "machined/coldplug/network_cards.h"

#include <catch2/catch_test_macros.hpp>

namespace ichor::coldplug {
namespace {

TEST_CASE("coldplug: network cards of every bus come first") {
  CHECK(IsNetworkCard("pci:v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00"));
  CHECK(IsNetworkCard("virtio:d00000001v00001AF4"));
  CHECK(IsNetworkCard("vmbus:635161f83edfc546913ff2d2f965ed0e"));
  CHECK(IsNetworkCard("xen:vif"));
  CHECK(IsNetworkCard("of:NethernetT(null)Cbrcm,bcm2711-genet-v5"));
}

TEST_CASE("coldplug: other devices do not") {
  CHECK_FALSE(IsNetworkCard("pci:v00001234d00001111sv00001AF4sd00001100bc03sc00i00"));
  CHECK_FALSE(IsNetworkCard("virtio:d00000002v00001AF4"));
  CHECK_FALSE(IsNetworkCard("usb:v1D6Bp0002d0612dc09dsc00dp00ic09isc00ip00in00"));
  CHECK_FALSE(IsNetworkCard("bc02"));
  CHECK_FALSE(IsNetworkCard(""));
}

}  // namespace
}  // namespace ichor::coldplug
