#include "lib/sys/fake_udp.h"

#include <utility>

namespace ichor::sys {
namespace {

absl::Status NoWay() {
  return absl::FailedPreconditionError("Network is unreachable");
}

}  // namespace

class FakeUdp::Socket : public UdpSocket {
 public:
  Socket(FakeUdp& udp, UdpEndpoint local, UdpEndpoint peer, OnDatagram on_datagram)
      : udp_(udp),
        local_(std::move(local)),
        peer_(std::move(peer)),
        on_datagram_(std::move(on_datagram)) {
    udp_.sockets_.insert(this);
  }
  ~Socket() override { udp_.sockets_.erase(this); }

  absl::Status Send(const UdpEndpoint& to, std::string_view payload) override {
    if (udp_.unreachable.contains(to.address)) return NoWay();
    udp_.sent.push_back({.from = local_, .to = to, .payload = std::string(payload)});
    return absl::OkStatus();
  }

  bool Hears(const Datagram& datagram) const {
    return datagram.to == local_ && (peer_.address.empty() || peer_ == datagram.from);
  }
  OnDatagram on_datagram() const { return on_datagram_; }

 private:
  FakeUdp& udp_;
  const UdpEndpoint local_;
  const UdpEndpoint peer_;
  const OnDatagram on_datagram_;
};

absl::StatusOr<std::unique_ptr<UdpSocket>> FakeUdp::Listen(const UdpEndpoint& local,
                                                           OnDatagram on_datagram) {
  return std::make_unique<Socket>(*this, local, UdpEndpoint{}, std::move(on_datagram));
}

absl::StatusOr<std::unique_ptr<UdpSocket>> FakeUdp::Connect(const UdpEndpoint& peer,
                                                            OnDatagram on_datagram) {
  if (unreachable.contains(peer.address)) return NoWay();
  return std::make_unique<Socket>(*this, UdpEndpoint{.port = next_port_++}, peer,
                                  std::move(on_datagram));
}

void FakeUdp::Deliver(const Datagram& datagram) {
  const std::set<Socket*> now = sockets_;
  for (Socket* const socket : now) {
    if (sockets_.contains(socket) && socket->Hears(datagram)) {
      socket->on_datagram()(datagram.from, datagram.payload);
    }
  }
}

void FakeUdp::Answer(size_t index, const std::string& payload) {
  Deliver({.from = sent.at(index).to, .to = sent.at(index).from, .payload = payload});
}

}  // namespace ichor::sys
