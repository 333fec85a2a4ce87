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

constexpr int kSol = 270;                       // SOL_NETLINK
constexpr std::size_t kBufferBytes = 32 << 10;  // of one receive: the kernel's largest
constexpr std::size_t kRequestBytes = 4 << 10;  // far more than any request of ours
constexpr int kEventBufferBytes = 1 << 20;      // thousands of events
constexpr timeval kTimeout{.tv_sec = 5, .tv_usec = 0};
constexpr int kDumpAttempts = 5;
constexpr unsigned kGroups =
    RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;

int FindMessage(const nlattr* attribute, void* text) {
  if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG) {
    const std::string all(static_cast<const char*>(mnl_attr_get_payload(attribute)),
                          mnl_attr_get_payload_len(attribute));
    *static_cast<std::string*>(text) = all.substr(0, all.find('\0'));
  }
  return MNL_CB_OK;
}

// The result that an error message says (0 for an acknowledgement) and the kernel's text in it.
int ErrorOf(const nlmsghdr& message, std::string& explanation) {
  if (mnl_nlmsg_get_payload_len(&message) < sizeof(nlmsgerr)) {
    return EBADMSG;
  }
  const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(&message));
  if ((message.nlmsg_flags & NLM_F_ACK_TLVS) != 0) {
    std::size_t offset = sizeof(nlmsgerr);
    if ((message.nlmsg_flags & NLM_F_CAPPED) == 0 && error->msg.nlmsg_len > sizeof(nlmsghdr)) {
      offset += MNL_ALIGN(error->msg.nlmsg_len - sizeof(nlmsghdr));
    }
    mnl_attr_parse(&message, static_cast<unsigned>(offset), &FindMessage, &explanation);
  }
  return -error->error;
}

// The codes that Netlink's comments promise.
absl::Status Failed(int error, const std::string& what, const std::string& explanation) {
  absl::Status status = ErrnoError(error, what);
  if (!explanation.empty()) {
    status =
        absl::Status(status.code(), std::format("{} ({})", base::MessageOf(status), explanation));
  }
  switch (error) {
    case EADDRNOTAVAIL:
    case ENODEV:
    case ESRCH:
      return absl::NotFoundError(status.message());
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTUNREACH:
      return absl::FailedPreconditionError(status.message());
    case EPERM:
      return absl::PermissionDeniedError(status.message());
    default:
      return status;
  }
}

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

LinuxNetlink::LinuxNetlink(Socket requests, Socket events)
    : requests_(std::move(requests)), events_(std::move(events)) {}

absl::StatusOr<LinuxNetlink::Socket> LinuxNetlink::Open(unsigned groups) {
  Socket socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC), &mnl_socket_close);
  if (socket == nullptr || mnl_socket_bind(socket.get(), groups, MNL_SOCKET_AUTOPID) != 0) {
    return ErrnoError(errno, "open rtnetlink socket");
  }
  const int on = 1;
  const int fd = mnl_socket_get_fd(socket.get());
  setsockopt(fd, kSol, NETLINK_EXT_ACK, &on, sizeof(on));
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kTimeout, sizeof(kTimeout));
  return socket;
}

absl::StatusOr<std::unique_ptr<LinuxNetlink>> LinuxNetlink::Create() {
  ASSIGN_OR_RETURN(Socket requests, Open(0));
  ASSIGN_OR_RETURN(Socket events, Open(kGroups));
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

int LinuxNetlink::Exchange(nlmsghdr& message, const OnMessage& on_message,
                           std::string& explanation) {
  const base::MutexLock lock(mutex_);
  message.nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(requests_.get(), &message, message.nlmsg_len) < 0) {
    return errno;
  }
  return Receive(message.nlmsg_seq, on_message, explanation);
}

int LinuxNetlink::Receive(std::uint32_t sequence, const OnMessage& on_message,
                          std::string& explanation) {
  alignas(nlmsghdr) std::array<char, kBufferBytes> buffer;
  bool interrupted = false;
  while (true) {
    const ssize_t size = mnl_socket_recvfrom(requests_.get(), buffer.data(), buffer.size());
    if (size < 0 && errno != EINTR) {
      return errno == EAGAIN ? ETIMEDOUT : errno;
    }
    int left = static_cast<int>(size);
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
         mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
      if (message->nlmsg_seq != sequence) {
        continue;  // the late answer to a request that was given up
      }
      interrupted |= (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
      if (message->nlmsg_type == NLMSG_ERROR) {
        return ErrorOf(*message, explanation);
      }
      if (message->nlmsg_type == NLMSG_DONE) {
        return interrupted ? EAGAIN : 0;
      }
      on_message(*message);
    }
  }
}

template <class T>
absl::StatusOr<std::vector<T>> LinuxNetlink::List(std::uint16_t type, const std::string& what,
                                                  std::optional<T> (*parse)(const nlmsghdr&)) {
  for (int attempt = 1;; ++attempt) {
    alignas(nlmsghdr) std::array<char, kRequestBytes> buffer;
    nlmsghdr& message = *mnl_nlmsg_put_header(buffer.data());
    message.nlmsg_type = type;
    message.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    // Without strict checking a dump takes any header that is long enough.
    mnl_nlmsg_put_extra_header(&message, sizeof(ifinfomsg));
    std::vector<T> all;
    std::string explanation;
    const int error = Exchange(
        message,
        [&](const nlmsghdr& part) {
          if (std::optional<T> one = parse(part); one.has_value()) {
            all.push_back(*std::move(one));
          }
        },
        explanation);
    if (error == 0) {
      return all;
    }
    if (error != EAGAIN || attempt == kDumpAttempts) {
      return Failed(error, what, explanation);
    }
  }
}

absl::Status LinuxNetlink::Change(std::uint16_t type, std::uint16_t flags, const std::string& what,
                                  const std::function<void(nlmsghdr&)>& fill) {
  alignas(nlmsghdr) std::array<char, kRequestBytes> buffer;
  nlmsghdr& message = *mnl_nlmsg_put_header(buffer.data());
  message.nlmsg_type = type;
  message.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  fill(message);
  std::string explanation;
  const int error = Exchange(message, [](const nlmsghdr&) {}, explanation);
  return error == 0 ? absl::OkStatus() : Failed(error, what, explanation);
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
  return Change(RTM_NEWLINK, 0, std::format("change link {}", link),
                [&](nlmsghdr& message) { FillLinkChange(message, link, change); });
}

absl::Status LinuxNetlink::AddAddress(const NetAddress& address) {
  return Change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
                "add address " + Prefix(address.address, address.prefix_length),
                [&](nlmsghdr& message) { FillAddress(message, address); });
}

absl::Status LinuxNetlink::RemoveAddress(const NetAddress& address) {
  return Change(RTM_DELADDR, 0, "remove address " + Prefix(address.address, address.prefix_length),
                [&](nlmsghdr& message) { FillAddress(message, address); });
}

absl::Status LinuxNetlink::AddRoute(const NetRoute& route) {
  return Change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, "add route " + RouteText(route),
                [&](nlmsghdr& message) { FillRoute(message, route); });
}

absl::Status LinuxNetlink::RemoveRoute(const NetRoute& route) {
  return Change(RTM_DELROUTE, 0, "remove route " + RouteText(route),
                [&](nlmsghdr& message) { FillRoute(message, route); });
}

}  // namespace ichor::sys
