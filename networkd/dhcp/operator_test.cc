#include "networkd/dhcp/operator.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "catch2/catch_test_macros.hpp"
#include "lib/base/status_matchers.h"
#include "lib/resource/address_text.h"
#include "lib/resource/time_proto.h"
#include "lib/runtime/test_runtime.h"
#include "lib/sys/fake_packets.h"

namespace ichor::networkd {
namespace {

const std::string& HardwareAddress() {
  static const std::string kAddress("\x52\x54\x00\x12\x34\x56", 6);
  return kAddress;
}

DhcpLink Link(const std::string& name) {
  return {.index = 2,
          .carrier = true,
          .settings = {.link_name = name, .hardware_address = HardwareAddress()}};
}

// As a checkpoint has it: bound for an hour.
LeaseSpec Lease(BootTime now) {
  LeaseSpec lease;
  lease.set_link_name("eth0");
  *lease.mutable_address() = ParseNetIPPrefix("10.9.0.5/24").value_or(common::NetIPPrefix());
  *lease.mutable_server() = ParseNetIP("10.9.0.1").value_or(common::NetIP());
  *lease.mutable_renew_at() = ToProto(now + std::chrono::hours(1));
  *lease.mutable_rebind_at() = ToProto(now + std::chrono::hours(2));
  *lease.mutable_expires_at() = ToProto(now + std::chrono::hours(3));
  return lease;
}

struct Segment {
  Segment() {
    packets.links[2] = true;
    Resource row;
    row.metadata.kind = std::make_shared<const Kind>(TypeRef::Of<network::DHCPLease>().kind);
    row.metadata.id = "eth0";
    row.spec = SpecData::Of(
        std::make_unique<const LeaseSpec>(Lease(t.clock.Monotonic().time_since_epoch())));
    REQUIRE_THAT(t.store.Create(std::move(row), "network.dhcp4"), base::IsOk());
  }

  // "eth0=10.9.0.5/24 "
  std::string Leases() {
    t.Advance(std::chrono::milliseconds(20));
    std::string text;
    for (const auto& row : t.runtime.Read<network::DHCPLease>()) {
      text += row.spec().link_name() + "=" + ToText(row.spec().address()) + " ";
    }
    return text;
  }

  TestRuntime t;
  sys::FakePackets packets;
};

}  // namespace

TEST_CASE("dhcp: a link that is renamed keeps its lease and asks nobody") {
  Segment segment;
  DhcpOperator dhcp({.loop = *segment.t.loop,
                     .runtime = segment.t.runtime,
                     .packets = segment.packets,
                     .clock = segment.t.clock,
                     .random = [] { return 7U; }});
  dhcp.SetLinks({{"eth0", Link("eth0")}});
  REQUIRE(segment.Leases() == "eth0=10.9.0.5/24 ");
  dhcp.FollowNames({{1, "lo"}, {2, "enp0s2"}});
  CHECK(segment.Leases() == "enp0s2=10.9.0.5/24 ");
  dhcp.SetLinks({{"enp0s2", Link("enp0s2")}});
  CHECK(segment.Leases() == "enp0s2=10.9.0.5/24 ");
  for (const auto& packet : segment.packets.sent) {
    CHECK(packet.protocol == sys::PacketProtocol::kArp);
  }
}

}  // namespace ichor::networkd
