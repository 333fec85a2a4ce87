#include "lib/sys/netlink_requests.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <format>

#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr int kSol = 270;                       // SOL_NETLINK
constexpr std::size_t kBufferBytes = 32 << 10;  // of one receive: the kernel's largest
constexpr timeval kTimeout{.tv_sec = 5, .tv_usec = 0};
constexpr int kDumpAttempts = 5;

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

}  // namespace

absl::StatusOr<NetlinkSocket> OpenNetlink(int protocol, unsigned groups) {
  NetlinkSocket socket(mnl_socket_open2(protocol, SOCK_CLOEXEC), &mnl_socket_close);
  if (socket == nullptr || mnl_socket_bind(socket.get(), groups, MNL_SOCKET_AUTOPID) != 0) {
    return ErrnoError(errno, "open netlink socket");
  }
  const int on = 1;
  const int fd = mnl_socket_get_fd(socket.get());
  setsockopt(fd, kSol, NETLINK_EXT_ACK, &on, sizeof(on));
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kTimeout, sizeof(kTimeout));
  return socket;
}

absl::StatusOr<std::unique_ptr<NetlinkRequests>> NetlinkRequests::Open(int protocol) {
  ASSIGN_OR_RETURN(NetlinkSocket socket, OpenNetlink(protocol, 0));
  return std::unique_ptr<NetlinkRequests>(new NetlinkRequests(std::move(socket)));
}

int NetlinkRequests::Exchange(nlmsghdr& message, const OnMessage& on_message,
                              std::string& explanation) {
  const base::MutexLock lock(mutex_);
  message.nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), &message, message.nlmsg_len) < 0) {
    return errno;
  }
  return Receive(message.nlmsg_seq, on_message, explanation);
}

int NetlinkRequests::Receive(std::uint32_t sequence, const OnMessage& on_message,
                             std::string& explanation) {
  alignas(nlmsghdr) std::array<char, kBufferBytes> buffer;
  bool interrupted = false;
  while (true) {
    const ssize_t size = mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
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

absl::Status NetlinkRequests::Change(std::uint16_t type, std::uint16_t flags,
                                     const std::string& what,
                                     const std::function<void(nlmsghdr&)>& fill, std::size_t room) {
  std::vector<std::max_align_t> buffer(room / sizeof(std::max_align_t) + 1);
  nlmsghdr& message = *mnl_nlmsg_put_header(buffer.data());
  message.nlmsg_type = type;
  message.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  fill(message);
  std::string explanation;
  const int error = Exchange(message, [](const nlmsghdr&) {}, explanation);
  return error == 0 ? absl::OkStatus() : Failed(error, what, explanation);
}

absl::Status NetlinkRequests::Dump(std::uint16_t type, const std::string& what,
                                   const std::function<void(nlmsghdr&)>& fill,
                                   const std::function<void()>& begin,
                                   const OnMessage& on_message) {
  for (int attempt = 1;; ++attempt) {
    alignas(nlmsghdr) std::array<char, kRequestBytes> buffer;
    nlmsghdr& message = *mnl_nlmsg_put_header(buffer.data());
    message.nlmsg_type = type;
    message.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    fill(message);
    begin();
    std::string explanation;
    const int error = Exchange(message, on_message, explanation);
    if (error == 0) {
      return absl::OkStatus();
    }
    if (error != EAGAIN || attempt == kDumpAttempts) {
      return Failed(error, what, explanation);
    }
  }
}

}  // namespace ichor::sys
