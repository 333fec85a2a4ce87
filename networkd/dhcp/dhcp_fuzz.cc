// Any bytes as what a DHCP client hears: packets, messages, search lists, ARP. What is parsed is
// encoded and parsed to the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/log/absl_check.h"
#include "networkd/dhcp/client.h"
#include "networkd/dhcp/conflict.h"
#include "networkd/dhcp/lease.h"
#include "networkd/dhcp/message.h"

namespace ichor::networkd {
namespace {

const std::string kMac(6, '\x02');

void Hear(std::string_view bytes) {
  auto message = ParseDhcp(bytes);
  if (!message.ok()) {
    return;
  }
  const auto again = ParseDhcp(EncodeDhcp(*message));
  if (again.ok()) {  // parts put together may be too long for one message
    ABSL_CHECK(again->your_address == message->your_address);
  }
  DhcpClient client({.link_name = "eth0", .hardware_address = kMac}, {});
  constexpr DhcpClient::Moment kMoment{.now = BootTime(1), .random = 1};
  for (const DhcpSend& send : client.OnCarrier(true, kMoment)) {
    message->reply = true;
    message->transaction = send.message.transaction;
    message->hardware_address = kMac;
    for (const DhcpSend& request : client.OnMessage(*message, kMoment)) {
      message->options[DhcpOption::kMessageType] = "\x05";
      message->transaction = request.message.transaction;
      client.OnMessage(*message, kMoment);
      ABSL_CHECK(client.address() == 0 || IsHostAddress(client.address()));
    }
  }
}

}  // namespace
}  // namespace ichor::networkd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace networkd = ichor::networkd;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  networkd::Hear(bytes);
  if (const auto payload = networkd::UdpPayload(bytes); payload.ok()) {
    networkd::Hear(*payload);
  }
  networkd::ParseSearchList(bytes);
  networkd::ParseArp(bytes);
  return 0;
}
