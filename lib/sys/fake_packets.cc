#include "lib/sys/fake_packets.h"

#include <format>

namespace ichor::sys {

class FakePackets::Socket : public PacketSocket {
 public:
  Socket(FakePackets& packets, std::uint32_t link, PacketProtocol protocol, OnPacket on_packet)
      : link(link), protocol(protocol), on_packet(std::move(on_packet)), packets_(packets) {
    packets_.sockets_.insert(this);
  }
  ~Socket() override { packets_.sockets_.erase(this); }

  absl::Status Send(std::string_view hardware_address, std::string_view packet) override {
    const auto found = packets_.links.find(link);
    if (found == packets_.links.end()) {
      return absl::NotFoundError(
          std::format("send packet on link {}: No such device or address", link));
    }
    if (!found->second) {
      return absl::FailedPreconditionError(
          std::format("send packet on link {}: Network is down", link));
    }
    packets_.sent.push_back({.link = link,
                             .protocol = protocol,
                             .hardware_address = std::string(hardware_address),
                             .bytes = std::string(packet)});
    return absl::OkStatus();
  }

  const std::uint32_t link;
  const PacketProtocol protocol;
  const OnPacket on_packet;

 private:
  FakePackets& packets_;
};

class FakePackets::Sender : public DatagramSocket {
 public:
  Sender(FakePackets& packets, std::string from) : packets_(packets), from_(std::move(from)) {}

  absl::Status Send(const std::string& address, std::uint16_t port,
                    std::string_view payload) override {
    packets_.datagrams.push_back(
        {.from = from_, .to = address, .port = port, .payload = std::string(payload)});
    return absl::OkStatus();
  }

 private:
  FakePackets& packets_;
  const std::string from_;
};

absl::StatusOr<std::unique_ptr<PacketSocket>> FakePackets::Open(std::uint32_t link,
                                                                PacketProtocol protocol,
                                                                OnPacket on_packet) {
  if (!links.contains(link)) {
    return absl::NotFoundError(std::format("open packet socket on link {}: No such device", link));
  }
  return std::make_unique<Socket>(*this, link, protocol, std::move(on_packet));
}

absl::StatusOr<std::unique_ptr<DatagramSocket>> FakePackets::OpenDatagram(
    const std::string& /*link_name*/, const std::string& address, std::uint16_t /*port*/) {
  return std::make_unique<Sender>(*this, address);
}

void FakePackets::Deliver(std::uint32_t link, PacketProtocol protocol, const std::string& packet) {
  const std::set<Socket*> all = sockets_;
  for (Socket* socket : all) {
    if (sockets_.contains(socket) && socket->link == link && socket->protocol == protocol) {
      const OnPacket on_packet = socket->on_packet;
      on_packet(packet);
    }
  }
}

}  // namespace ichor::sys
