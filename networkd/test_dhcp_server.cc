#include "networkd/test_dhcp_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <string_view>

#include "absl/log/absl_check.h"

namespace ichor::networkd {

TestDhcpServer::TestDhcpServer(sys::Poller& poller, const std::string& link)
    : poller_(poller), fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  ABSL_CHECK(fd_.ok());
  const int on = 1;
  setsockopt(fd_.get(), SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
  ABSL_CHECK(setsockopt(fd_.get(), SOL_SOCKET, SO_BINDTODEVICE, link.data(),
                        static_cast<socklen_t>(link.size())) == 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_port = htons(kDhcpServerPort);
  ABSL_CHECK(bind(fd_.get(), reinterpret_cast<const sockaddr*>(&here), sizeof(here)) == 0);
  ABSL_CHECK_OK(poller_.Add(fd_.get(), EPOLLIN, [this](std::uint32_t) { Receive(); }));
}

TestDhcpServer::~TestDhcpServer() {
  poller_.Remove(fd_.get());
}

void TestDhcpServer::Receive() {
  std::array<char, 2048> buffer;
  while (true) {
    const ssize_t size = recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0) {
      return;
    }
    const auto message = ParseDhcp(std::string_view(buffer.data(), static_cast<size_t>(size)));
    if (message.ok()) {
      asked.push_back(message->type());
      Answer(*message);
    }
  }
}

void TestDhcpServer::Answer(const DhcpMessage& message) {
  const bool discover = message.type() == DhcpType::kDiscover;
  if (silent || (!discover && message.type() != DhcpType::kRequest)) {
    return;
  }
  const DhcpType type = discover ? DhcpType::kOffer : refuse ? DhcpType::kNak : DhcpType::kAck;
  DhcpMessage answer{.reply = true,
                     .transaction = message.transaction,
                     .your_address = type == DhcpType::kNak ? 0 : address,
                     .hardware_address = message.hardware_address,
                     .options = options};
  answer.options[DhcpOption::kMessageType] = std::string(1, static_cast<char>(type));
  answer.options[DhcpOption::kServerId] = Ipv4Bytes(server);
  answer.options[DhcpOption::kLeaseTime] = Ipv4Bytes(lease_seconds);
  answer.options[DhcpOption::kSubnetMask] = Ipv4Bytes(MaskOf(24));
  answer.options[DhcpOption::kRouters] = Ipv4Bytes(server);
  const std::string bytes = EncodeDhcp(answer);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(kDhcpClientPort);
  to.sin_addr.s_addr = htonl(INADDR_BROADCAST);
  ABSL_CHECK(sendto(fd_.get(), bytes.data(), bytes.size(), 0,
                    reinterpret_cast<const sockaddr*>(&to), sizeof(to)) >= 0);
}

}  // namespace ichor::networkd
