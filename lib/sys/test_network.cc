#include "lib/sys/test_network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
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

// Puts the header of a message to nfnetlink at `next`, which moves behind it.
nlmsghdr& PutFirewallMessage(char*& next, int type, std::uint8_t family, std::uint16_t resource) {
  nlmsghdr& message = *mnl_nlmsg_put_header(next);
  message.nlmsg_type = static_cast<std::uint16_t>(type);
  message.nlmsg_flags = NLM_F_REQUEST;
  message.nlmsg_seq = 1;
  auto* const head = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(&message, sizeof(nfgenmsg)));
  head->nfgen_family = family;
  head->version = NFNETLINK_V0;
  head->res_id = htons(resource);
  next += MNL_ALIGN(message.nlmsg_len);
  return message;
}

// Whether nfnetlink says yes to what is sent.
bool AskFirewall(const char* data, size_t size) {
  const std::unique_ptr<mnl_socket, int (*)(mnl_socket*)> socket(
      mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC), &mnl_socket_close);
  if (socket == nullptr || mnl_socket_sendto(socket.get(), data, size) < 0) {
    return false;
  }
  std::array<char, kBytes> buffer;
  const ssize_t received = mnl_socket_recvfrom(socket.get(), buffer.data(), buffer.size());
  return received > 0 &&
         mnl_cb_run(buffer.data(), static_cast<size_t>(received), 1, 0, nullptr, nullptr) >= 0;
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

bool MakeFirewallTable(const std::string& name) {
  alignas(nlmsghdr) std::array<char, kBytes> buffer;
  char* next = buffer.data();
  PutFirewallMessage(next, NFNL_MSG_BATCH_BEGIN, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES);
  nlmsghdr& table =
      PutFirewallMessage(next, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE, NFPROTO_INET, 0);
  table.nlmsg_flags |= NLM_F_CREATE | NLM_F_ACK;
  mnl_attr_put_strz(&table, NFTA_TABLE_NAME, name.c_str());
  next = reinterpret_cast<char*>(&table) + MNL_ALIGN(table.nlmsg_len);
  PutFirewallMessage(next, NFNL_MSG_BATCH_END, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES);
  return AskFirewall(buffer.data(), static_cast<size_t>(next - buffer.data()));
}

bool HasFirewallTable(const std::string& name) {
  alignas(nlmsghdr) std::array<char, kBytes> buffer;
  char* next = buffer.data();
  nlmsghdr& ask =
      PutFirewallMessage(next, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, NFPROTO_INET, 0);
  ask.nlmsg_flags |= NLM_F_ACK;
  mnl_attr_put_strz(&ask, NFTA_TABLE_NAME, name.c_str());
  return AskFirewall(buffer.data(), ask.nlmsg_len);
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
