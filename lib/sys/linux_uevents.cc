#include "lib/sys/linux_uevents.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "lib/sys/error.h"

namespace ichor::sys {
namespace {

constexpr unsigned kKernelGroup = 1;
constexpr unsigned kUdevGroup = 2;
constexpr int kReceiveBufferBytes = 8 * 1024 * 1024;  // 64 disks at once, with room
constexpr size_t kMaxEvents = 1'024;
constexpr size_t kMaxDatagramBytes = 65'536;

// Whether root sent the message: anybody may send to a netlink socket whose address he guesses.
bool IsFromRoot(const msghdr& message) {
  for (const cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
       control = CMSG_NXTHDR(const_cast<msghdr*>(&message), const_cast<cmsghdr*>(control))) {
    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_CREDENTIALS) {
      ucred sender{};
      std::memcpy(&sender, CMSG_DATA(control), sizeof sender);
      return sender.uid == 0;
    }
  }
  return false;
}

// Appends the event in one datagram, if it is one. False if nothing waits.
absl::StatusOr<bool> Receive(int fd, std::vector<char>& buffer, std::vector<Uevent>& events) {
  sockaddr_nl address{};
  iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
  msghdr message{};
  message.msg_name = &address;
  message.msg_namelen = sizeof address;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = recvmsg(fd, &message, MSG_DONTWAIT);
  if (size < 0 && errno == ENOBUFS) {
    return absl::ResourceExhaustedError("uevents: some were lost");
  }
  if (size < 0) {
    return errno == EAGAIN || errno == EINTR ? absl::StatusOr<bool>(errno == EINTR)
                                             : ErrnoError(errno, "receive uevents");
  }
  if ((message.msg_flags & MSG_TRUNC) != 0 || !IsFromRoot(message)) {
    return true;
  }
  absl::StatusOr<Uevent> event =
      ParseUevent(std::string_view(buffer.data(), static_cast<size_t>(size)));
  if (event.ok()) {
    events.push_back(*std::move(event));
  } else {
    base::Log(base::Severity::kWarning, "{}", base::MessageOf(event.status()));
  }
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LinuxUevents>> LinuxUevents::Create() {
  base::UniqueFd fd(
      socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  if (!fd.ok()) {
    return ErrnoError(errno, "uevents: socket");
  }
  const int on = 1;
  if (setsockopt(fd.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0) {
    return ErrnoError(errno, "uevents: SO_PASSCRED");
  }
  // Without CAP_NET_ADMIN the buffer keeps its size; lost events are then more likely, no more.
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBufferBytes,
             sizeof kReceiveBufferBytes);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelGroup | kUdevGroup;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return ErrnoError(errno, "uevents: bind");
  }
  return std::unique_ptr<LinuxUevents>(new LinuxUevents(std::move(fd)));
}

absl::StatusOr<std::vector<Uevent>> LinuxUevents::Drain() {
  std::vector<Uevent> events;
  std::vector<char> buffer(kMaxDatagramBytes);
  for (size_t i = 0; i < kMaxEvents; ++i) {
    const absl::StatusOr<bool> received = Receive(socket_.get(), buffer, events);
    if (!received.ok()) {
      return received.status();
    }
    if (!*received) {
      break;
    }
  }
  return events;
}

}  // namespace ichor::sys
