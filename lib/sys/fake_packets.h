// A segment that tests send and receive on, without a network.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "lib/sys/packets.h"

namespace ichor::sys {

class FakePackets : public Packets {
 public:
  absl::StatusOr<std::unique_ptr<PacketSocket>> Open(std::uint32_t link, PacketProtocol protocol,
                                                     OnPacket on_packet) override;
  absl::StatusOr<std::unique_ptr<DatagramSocket>> OpenDatagram(const std::string& link_name,
                                                               const std::string& address,
                                                               std::uint16_t port) override;

  // Delivers a packet to the sockets that are open now.
  void Deliver(std::uint32_t link, PacketProtocol protocol, const std::string& packet);

  struct Packet {
    std::uint32_t link;
    PacketProtocol protocol;
    std::string hardware_address;
    std::string bytes;
  };
  struct Datagram {
    std::string from;
    std::string to;
    std::uint16_t port;
    std::string payload;
  };

  // Links that exist, and whether they are up. Sending on one that is down fails.
  std::map<std::uint32_t, bool> links;
  // What was sent, in order.
  std::vector<Packet> sent;
  std::vector<Datagram> datagrams;

 private:
  class Socket;
  class Sender;
  std::set<Socket*> sockets_;
};

}  // namespace ichor::sys
