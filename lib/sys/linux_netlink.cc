#include "lib/sys/linux_netlink.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <format>
#include <utility>

#include "lib/base/status.h"
#include "lib/sys/error.h"
#include "lib/sys/netlink_messages.h"

namespace ichor::sys {
namespace {

constexpr std::size_t kBufferBytes = 32 << 10;  // of one receive: the kernel's largest
constexpr int kEventBufferBytes = 1 << 20;      // thousands of events
constexpr unsigned kGroups =
    RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;

std::string Prefix(const std::string& address, std::uint8_t length) {
  return std::format("{}/{}", IpText(address), length);
}

// udevd writes a device's file when it is done with it, a new name included.
bool IsInUdevDatabase(std::uint32_t link) {
  return access(std::format("/run/udev/data/n{}", link).c_str(), F_OK) == 0;
}

std::string RouteText(const NetRoute& route) {
  return route.prefix_length == 0 ? "default" : Prefix(route.destination, route.prefix_length);
}

}  // namespace

std::string IpText(const std::string& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != 4 && bytes.size() != 16) {
    return "?";
  }
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

LinuxNetlink::LinuxNetlink(std::unique_ptr<NetlinkRequests> requests, NetlinkSocket events)
    : requests_(std::move(requests)), events_(std::move(events)) {}

absl::StatusOr<std::unique_ptr<LinuxNetlink>> LinuxNetlink::Create() {
  ASSIGN_OR_RETURN(std::unique_ptr<NetlinkRequests> requests, NetlinkRequests::Open(NETLINK_ROUTE));
  ASSIGN_OR_RETURN(NetlinkSocket events, OpenNetlink(NETLINK_ROUTE, kGroups));
  // Lost events are no harm, since whoever hears of one lists everything; many are just work.
  setsockopt(mnl_socket_get_fd(events.get()), SOL_SOCKET, SO_RCVBUF, &kEventBufferBytes,
             sizeof(kEventBufferBytes));
  return std::unique_ptr<LinuxNetlink>(new LinuxNetlink(std::move(requests), std::move(events)));
}

int LinuxNetlink::descriptor() const {
  return mnl_socket_get_fd(events_.get());
}

void LinuxNetlink::Drain() {
  std::array<char, kBufferBytes> buffer;
  // ENOBUFS says that events were lost: there was news all the same, and there may be more.
  while (recv(descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT) >= 0 || errno == ENOBUFS ||
         errno == EINTR) {
  }
}

template <class T>
absl::StatusOr<std::vector<T>> LinuxNetlink::List(std::uint16_t type, const std::string& what,
                                                  std::optional<T> (*parse)(const nlmsghdr&)) {
  std::vector<T> all;
  RETURN_IF_ERROR(requests_->Dump(
      type, what,
      // Without strict checking a dump takes any header that is long enough.
      [](nlmsghdr& message) { mnl_nlmsg_put_extra_header(&message, sizeof(ifinfomsg)); },
      [&all] { all.clear(); },
      [&all, parse](const nlmsghdr& part) {
        if (std::optional<T> one = parse(part); one.has_value()) {
          all.push_back(*std::move(one));
        }
      }));
  return all;
}

absl::StatusOr<std::vector<NetLink>> LinuxNetlink::Links() {
  ASSIGN_OR_RETURN(std::vector<NetLink> links,
                   List<NetLink>(RTM_GETLINK, "list links", &ParseLink));
  for (NetLink& link : links) {
    link.named = link.bus_path.empty() || IsInUdevDatabase(link.index);
  }
  return links;
}

absl::StatusOr<std::vector<NetAddress>> LinuxNetlink::Addresses() {
  return List<NetAddress>(RTM_GETADDR, "list addresses", &ParseAddress);
}

absl::StatusOr<std::vector<NetRoute>> LinuxNetlink::Routes() {
  return List<NetRoute>(RTM_GETROUTE, "list routes", &ParseRoute);
}

absl::Status LinuxNetlink::ChangeLink(std::uint32_t link, const LinkChange& change) {
  return requests_->Change(RTM_NEWLINK, 0, std::format("change link {}", link),
                           [&](nlmsghdr& message) { FillLinkChange(message, link, change); });
}

absl::Status LinuxNetlink::AddAddress(const NetAddress& address) {
  return requests_->Change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
                           "add address " + Prefix(address.address, address.prefix_length),
                           [&](nlmsghdr& message) { FillAddress(message, address); });
}

absl::Status LinuxNetlink::RemoveAddress(const NetAddress& address) {
  return requests_->Change(RTM_DELADDR, 0,
                           "remove address " + Prefix(address.address, address.prefix_length),
                           [&](nlmsghdr& message) { FillAddress(message, address); });
}

absl::Status LinuxNetlink::AddRoute(const NetRoute& route) {
  return requests_->Change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, "add route " + RouteText(route),
                           [&](nlmsghdr& message) { FillRoute(message, route); });
}

absl::Status LinuxNetlink::RemoveRoute(const NetRoute& route) {
  return requests_->Change(RTM_DELROUTE, 0, "remove route " + RouteText(route),
                           [&](nlmsghdr& message) { FillRoute(message, route); });
}

}  // namespace ichor::sys
