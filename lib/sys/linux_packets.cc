#include "lib/sys/linux_packets.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <format>
#include <span>
#include <utility>

#include "lib/base/status.h"
#include "lib/base/unique_fd.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr std::size_t kMaxPacketBytes = 65536;
constexpr int kPacketsAtOnce = 64;  // so that a flood leaves the loop its turns

// At the IPv4 header: UDP, no fragment, destination port 68. See bpf(4) of the BSDs.
constexpr std::array<sock_filter, 9> kDhcpClient = {{
    {BPF_LD | BPF_B | BPF_ABS, 0, 0, 9},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 6, IPPROTO_UDP},
    {BPF_LD | BPF_H | BPF_ABS, 0, 0, 6},
    {BPF_JMP | BPF_JSET | BPF_K, 4, 0, 0x3fff},
    {BPF_LDX | BPF_B | BPF_MSH, 0, 0, 0},
    {BPF_LD | BPF_H | BPF_IND, 0, 0, 2},
    {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 68},
    {BPF_RET | BPF_K, 0, 0, kMaxPacketBytes},
    {BPF_RET | BPF_K, 0, 0, 0},
}};
constexpr std::array<sock_filter, 1> kEverything = {{{BPF_RET | BPF_K, 0, 0, kMaxPacketBytes}}};
constexpr std::array<sock_filter, 1> kNothing = {{{BPF_RET | BPF_K, 0, 0, 0}}};

absl::Status Attach(int fd, std::span<const sock_filter> filter) {
  const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                           .filter = const_cast<sock_filter*>(filter.data())};
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0) {
    return ErrnoError(errno, "attach packet filter");
  }
  return absl::OkStatus();
}

// The codes that the comments in packets.h promise.
absl::Status Failed(int error, std::string_view what) {
  absl::Status status = ErrnoError(error, what);
  switch (error) {
    case ENODEV:
    case ENXIO:
      return absl::NotFoundError(status.message());
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL:
      return absl::FailedPreconditionError(status.message());
    default:
      return status;
  }
}

sockaddr_ll LinkAddress(std::uint32_t link, PacketProtocol protocol) {
  const int ethertype = protocol == PacketProtocol::kArp ? ETH_P_ARP : ETH_P_IP;
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(static_cast<std::uint16_t>(ethertype));
  address.sll_ifindex = static_cast<int>(link);
  return address;
}

class LinuxPacketSocket : public PacketSocket {
 public:
  LinuxPacketSocket(Poller& poller, base::UniqueFd fd, const sockaddr_ll& address,
                    Packets::OnPacket on_packet)
      : poller_(poller), fd_(std::move(fd)), address_(address), on_packet_(std::move(on_packet)) {}
  ~LinuxPacketSocket() override { poller_.Remove(fd_.get()); }

  absl::Status Watch() {
    return poller_.Add(fd_.get(), EPOLLIN, [this](std::uint32_t) { Receive(); });
  }

  absl::Status Send(std::string_view hardware_address, std::string_view packet) override {
    sockaddr_ll to = address_;
    if (hardware_address.size() > sizeof(to.sll_addr)) {
      return absl::InvalidArgumentError("send packet: hardware address too long");
    }
    to.sll_halen = static_cast<unsigned char>(hardware_address.size());
    std::memcpy(to.sll_addr, hardware_address.data(), hardware_address.size());
    if (sendto(fd_.get(), packet.data(), packet.size(), MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&to), sizeof(to)) < 0) {
      return Failed(errno, std::format("send packet on link {}", address_.sll_ifindex));
    }
    return absl::OkStatus();
  }

 private:
  void Receive() {
    const std::weak_ptr<bool> alive = alive_;
    std::array<char, 4096> buffer;
    for (int i = 0; i < kPacketsAtOnce && !alive.expired(); ++i) {
      sockaddr_ll from{};
      socklen_t from_size = sizeof(from);
      const ssize_t size =
          recvfrom(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC,
                   reinterpret_cast<sockaddr*>(&from), &from_size);
      if (size < 0) {
        return;  // nothing more, or the link is down: whoever needs it hears that elsewhere
      }
      if (from.sll_pkttype == PACKET_OUTGOING || static_cast<std::size_t>(size) > buffer.size()) {
        continue;
      }
      // A copy, since the callback may destroy this.
      const Packets::OnPacket on_packet = on_packet_;
      on_packet(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    }
  }

  Poller& poller_;
  const base::UniqueFd fd_;
  const sockaddr_ll address_;
  const Packets::OnPacket on_packet_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

class LinuxDatagramSocket : public DatagramSocket {
 public:
  explicit LinuxDatagramSocket(base::UniqueFd fd) : fd_(std::move(fd)) {}

  absl::Status Send(const std::string& address, std::uint16_t port,
                    std::string_view payload) override {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (address.size() != sizeof(to.sin_addr)) {
      return absl::InvalidArgumentError("send datagram: no IPv4 address");
    }
    std::memcpy(&to.sin_addr, address.data(), address.size());
    if (sendto(fd_.get(), payload.data(), payload.size(), MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&to), sizeof(to)) < 0) {
      return Failed(errno, "send datagram");
    }
    return absl::OkStatus();
  }

 private:
  const base::UniqueFd fd_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PacketSocket>> LinuxPackets::Open(std::uint32_t link,
                                                                 PacketProtocol protocol,
                                                                 OnPacket on_packet) {
  const std::string what = std::format("open packet socket on link {}", link);
  // Protocol 0: nothing is received before the filter is there and the socket bound.
  base::UniqueFd fd(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.ok()) {
    return errno == EPERM ? absl::PermissionDeniedError(ErrnoError(EPERM, what).message())
                          : Failed(errno, what);
  }
  RETURN_IF_ERROR(protocol == PacketProtocol::kArp ? Attach(fd.get(), kEverything)
                                                   : Attach(fd.get(), kDhcpClient));
  const sockaddr_ll address = LinkAddress(link, protocol);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return Failed(errno, what);
  }
  auto result =
      std::make_unique<LinuxPacketSocket>(poller_, std::move(fd), address, std::move(on_packet));
  RETURN_IF_ERROR(result->Watch());
  return result;
}

absl::StatusOr<std::unique_ptr<DatagramSocket>> LinuxPackets::OpenDatagram(
    const std::string& link_name, const std::string& address, std::uint16_t port) {
  const std::string what = std::format("open UDP port {} on {}", port, link_name);
  base::UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.ok()) {
    return Failed(errno, what);
  }
  RETURN_IF_ERROR(Attach(fd.get(), kNothing));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, link_name.data(),
                 static_cast<socklen_t>(link_name.size())) != 0) {
    return Failed(errno, what);
  }
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_port = htons(port);
  if (address.size() != sizeof(from.sin_addr)) {
    return absl::InvalidArgumentError(what + ": no IPv4 address");
  }
  std::memcpy(&from.sin_addr, address.data(), address.size());
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&from), sizeof(from)) != 0) {
    return Failed(errno, what);
  }
  return std::make_unique<LinuxDatagramSocket>(std::move(fd));
}

}  // namespace ichor::sys
