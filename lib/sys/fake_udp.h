// UDP without a network: what was sent is kept, and tests deliver what comes.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lib/sys/udp.h"

namespace ichor::sys {

class FakeUdp : public Udp {
 public:
  absl::StatusOr<std::unique_ptr<UdpSocket>> Listen(const UdpEndpoint& local,
                                                    OnDatagram on_datagram) override;
  absl::StatusOr<std::unique_ptr<UdpSocket>> Connect(const UdpEndpoint& peer,
                                                     OnDatagram on_datagram) override;

  struct Datagram {
    UdpEndpoint from;  // of a connected socket: an address without bytes, and its number as port
    UdpEndpoint to;
    std::string payload;
  };

  // Delivers to the sockets that hear it: those that listen on `datagram.to`, and the connected one
  // that sent from there, if the datagram is from its peer.
  void Deliver(const Datagram& datagram);
  // Answers the datagram that was sent as number `index`.
  void Answer(size_t index, const std::string& payload);

  // What was sent, in order.
  std::vector<Datagram> sent;
  // Where there is no way to: connecting and sending fails.
  std::set<std::string> unreachable;
  size_t open() const { return sockets_.size(); }

 private:
  class Socket;
  std::set<Socket*> sockets_;
  std::uint16_t next_port_ = 40000;
};

}  // namespace ichor::sys
