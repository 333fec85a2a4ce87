// sys::Packets of the network namespace that the calling thread is in.
#pragma once

#include "lib/sys/packets.h"
#include "lib/sys/poller.h"

namespace ichor::sys {

class LinuxPackets : public Packets {
 public:
  // `poller`, the loop's, must outlive this and the sockets.
  explicit LinuxPackets(Poller& poller) : poller_(poller) {}

  absl::StatusOr<std::unique_ptr<PacketSocket>> Open(std::uint32_t link, PacketProtocol protocol,
                                                     OnPacket on_packet) override;
  absl::StatusOr<std::unique_ptr<DatagramSocket>> OpenDatagram(const std::string& link_name,
                                                               const std::string& address,
                                                               std::uint16_t port) override;

 private:
  Poller& poller_;
};

}  // namespace ichor::sys
