#include "lib/sys/test_network.h"

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <poll.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "absl/log/absl_check.h"
#include "lib/sys/linux_netlink.h"

namespace ichor::sys {
namespace {

constexpr std::size_t kBytes = 4096;

// Sends one request and waits for its acknowledgement.
int Request(nlmsghdr& message) {
  const std::unique_ptr<mnl_socket, int (*)(mnl_socket*)> socket(
      mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC), &mnl_socket_close);
  ABSL_CHECK(socket != nullptr);
  message.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
  message.nlmsg_seq = 1;
  ABSL_CHECK(mnl_socket_sendto(socket.get(), &message, message.nlmsg_len) >= 0);
  std::array<char, kBytes> buffer;
  const ssize_t size = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
  ABSL_CHECK(size > 0);
  return mnl_cb_run(buffer.data(), static_cast<size_t>(size), 1,
                    mnl_socket_get_portid(socket.get()), nullptr, nullptr);
}

base::UniqueFd CurrentNetwork() {
  base::UniqueFd network(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  ABSL_CHECK(network.ok());
  return network;
}

}  // namespace

base::UniqueFd EnterNewNetwork() {
  ABSL_CHECK(unshare(CLONE_NEWNET) == 0);
  return CurrentNetwork();
}

KeepNetwork::KeepNetwork() : network_(CurrentNetwork()) {}

KeepNetwork::~KeepNetwork() {
  EnterNetwork(network_);
}

void EnterNetwork(const base::UniqueFd& network) {
  ABSL_CHECK(setns(network.get(), CLONE_NEWNET) == 0);
}

void MakeVethPair(const std::string& name, const std::string& peer,
                  const base::UniqueFd& peer_network) {
  alignas(nlmsghdr) std::array<char, kBytes> buffer;
  nlmsghdr& message = *mnl_nlmsg_put_header(buffer.data());
  message.nlmsg_type = RTM_NEWLINK;
  message.nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
  mnl_nlmsg_put_extra_header(&message, sizeof(ifinfomsg));
  mnl_attr_put_strz(&message, IFLA_IFNAME, name.c_str());
  nlattr* info = mnl_attr_nest_start(&message, IFLA_LINKINFO);
  mnl_attr_put_strz(&message, IFLA_INFO_KIND, "veth");
  nlattr* data = mnl_attr_nest_start(&message, IFLA_INFO_DATA);
  nlattr* other = mnl_attr_nest_start(&message, VETH_INFO_PEER);
  mnl_nlmsg_put_extra_header(&message, sizeof(ifinfomsg));
  mnl_attr_put_strz(&message, IFLA_IFNAME, peer.c_str());
  mnl_attr_put_u32(&message, IFLA_NET_NS_FD, static_cast<std::uint32_t>(peer_network.get()));
  mnl_attr_nest_end(&message, other);
  mnl_attr_nest_end(&message, data);
  mnl_attr_nest_end(&message, info);
  ABSL_CHECK(Request(message) >= 0) << "make a veth pair";
}

std::uint32_t LinkIndexOf(const std::string& name) {
  const std::vector<NetLink> links = *(*LinuxNetlink::Create())->Links();
  const auto found = std::ranges::find(links, name, &NetLink::name);
  return found == links.end() ? 0 : found->index;
}

void SetLinkUp(const std::string& name, bool up) {
  ABSL_CHECK_OK((*LinuxNetlink::Create())->ChangeLink(LinkIndexOf(name), {.up = up, .mtu = {}}));
}

void WaitForCarrier(const std::string& name) {
  const auto netlink = *LinuxNetlink::Create();
  constexpr int kTimeoutMs = 2000;
  while (true) {
    const std::vector<NetLink> links = *netlink->Links();
    if (std::ranges::any_of(links, [&](const NetLink& link) {
          return link.name == name && link.operational_state == IF_OPER_UP;
        })) {
      return;
    }
    pollfd waiting{.fd = netlink->descriptor(), .events = POLLIN, .revents = 0};
    ABSL_CHECK(poll(&waiting, 1, kTimeoutMs) == 1) << name << " has no carrier";
    netlink->Drain();
  }
}

}  // namespace ichor::sys
