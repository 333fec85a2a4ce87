// What a load balancer on the node's own network does, for a test: answers whoever asks by ARP for
// an IPv4 address, which is the one argument and is on no interface, with the interface's own
// hardware address. Static, since it runs in a pod. packet(7), RFC 826.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstring>

namespace {

bool HardwareAddress(int socket, int interface, unsigned char* address) {
  ifreq request{};
  if (if_indextoname(static_cast<unsigned>(interface), request.ifr_name) == nullptr ||
      ::ioctl(socket, SIOCGIFHWADDR, &request) != 0) {
    return false;
  }
  std::memcpy(address, request.ifr_hwaddr.sa_data, ETH_ALEN);
  return true;
}

// Turns a question about `wanted` into its answer; false for any other packet.
bool Answer(int socket, in_addr wanted, ether_arp& packet, const sockaddr_ll& peer) {
  if (packet.ea_hdr.ar_op != htons(ARPOP_REQUEST) ||
      std::memcmp(packet.arp_tpa, &wanted, sizeof(packet.arp_tpa)) != 0) {
    return false;
  }
  packet.ea_hdr.ar_op = htons(ARPOP_REPLY);
  std::memcpy(packet.arp_tha, packet.arp_sha, sizeof(packet.arp_tha));
  std::memcpy(packet.arp_tpa, packet.arp_spa, sizeof(packet.arp_tpa));
  std::memcpy(packet.arp_spa, &wanted, sizeof(packet.arp_spa));
  return HardwareAddress(socket, peer.sll_ifindex, packet.arp_sha);
}

}  // namespace

int main(int count, char** words) {
  in_addr wanted{};
  if (count != 2 || inet_pton(AF_INET, words[1], &wanted) != 1) {
    std::puts("usage: answer_arp ADDRESS");
    return 2;
  }
  const int socket = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ARP));
  if (socket < 0) {
    std::perror("socket");
    return 1;
  }
  while (true) {
    ether_arp packet{};
    sockaddr_ll peer{};
    socklen_t length = sizeof(peer);
    const ssize_t got =
        ::recvfrom(socket, &packet, sizeof(packet), 0, reinterpret_cast<sockaddr*>(&peer), &length);
    if (got == sizeof(packet) && Answer(socket, wanted, packet, peer)) {
      ::sendto(socket, &packet, sizeof(packet), 0, reinterpret_cast<sockaddr*>(&peer), length);
    }
  }
}
