// Packets on one link, below and beside the kernel's own handling of IP: for DHCP and ARP. See
// packet(7).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ichor::sys {

enum class PacketProtocol : std::uint8_t {
  kDhcpClient,  // IPv4 packets to UDP port 68, unfragmented
  kArp,
};

// Closes when it is destroyed; then nothing is received any more.
class PacketSocket {
 public:
  virtual ~PacketSocket() = default;
  // Sends a packet, headers of its protocol included, to the hardware address (6 bytes).
  // FailedPrecondition if the link is down; NotFound if it is gone. Does not block.
  virtual absl::Status Send(std::string_view hardware_address, std::string_view packet) = 0;
};

class DatagramSocket {
 public:
  virtual ~DatagramSocket() = default;
  // Sends an UDP datagram to the IPv4 address (4 bytes). Does not block. FailedPrecondition if
  // there is no way there.
  virtual absl::Status Send(const std::string& address, std::uint16_t port,
                            std::string_view payload) = 0;
};

class Packets {
 public:
  using OnPacket = std::function<void(std::string_view packet)>;
  virtual ~Packets() = default;

  // Sends and receives packets of `protocol` on the link. `on_packet` is called on the loop's
  // thread and may destroy the socket. NotFound if there is no such link; PermissionDenied without
  // CAP_NET_RAW.
  virtual absl::StatusOr<std::unique_ptr<PacketSocket>> Open(std::uint32_t link,
                                                             PacketProtocol protocol,
                                                             OnPacket on_packet) = 0;

  // An UDP socket for sending over the link from `address` (4 bytes) and `port`; it receives
  // nothing, but while it is there the kernel sends nobody an ICMP error for that port.
  virtual absl::StatusOr<std::unique_ptr<DatagramSocket>> OpenDatagram(const std::string& link_name,
                                                                       const std::string& address,
                                                                       std::uint16_t port) = 0;
};

}  // namespace ichor::sys
