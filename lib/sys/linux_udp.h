// sys::Udp of the network namespace that the calling thread is in.
#pragma once

#include "lib/sys/poller.h"
#include "lib/sys/udp.h"

namespace ichor::sys {

class LinuxUdp : public Udp {
 public:
  // `poller`, the loop's, must outlive this and the sockets.
  explicit LinuxUdp(Poller& poller) : poller_(poller) {}

  absl::StatusOr<std::unique_ptr<UdpSocket>> Listen(const UdpEndpoint& local,
                                                    OnDatagram on_datagram) override;
  absl::StatusOr<std::unique_ptr<UdpSocket>> Connect(const UdpEndpoint& peer,
                                                     OnDatagram on_datagram) override;

 private:
  Poller& poller_;
};

}  // namespace ichor::sys
