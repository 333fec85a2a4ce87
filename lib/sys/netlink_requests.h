// Requests to the kernel by netlink, and their answers. Part of linux_netlink.h and its siblings.
#pragma once

#include <libmnl/libmnl.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/mutex.h"

namespace ichor::sys {

using NetlinkSocket = std::unique_ptr<mnl_socket, int (*)(mnl_socket*)>;

// A socket for `protocol` (NETLINK_ROUTE …) that hears of `groups`, and waits 5 s at most.
absl::StatusOr<NetlinkSocket> OpenNetlink(int protocol, unsigned groups);

// One socket for requests. Thread-safe; each call blocks until the kernel has answered, at most 5
// s.
class NetlinkRequests {
 public:
  static constexpr std::size_t kRequestBytes = 4 << 10;  // far more than most requests of ours

  static absl::StatusOr<std::unique_ptr<NetlinkRequests>> Open(int protocol);

  // Asks for a change, as `fill` says behind the header: NLM_F_REQUEST and NLM_F_ACK are added to
  // `flags`. The error is `what` with the kernel's words.
  absl::Status Change(std::uint16_t type, std::uint16_t flags, const std::string& what,
                      const std::function<void(nlmsghdr&)>& fill, std::size_t room = kRequestBytes);

  // Calls `on_message` for each part of a dump that `fill` asks for, and `begin` before the first,
  // once more while the kernel says that it changed meanwhile.
  absl::Status Dump(std::uint16_t type, const std::string& what,
                    const std::function<void(nlmsghdr&)>& fill, const std::function<void()>& begin,
                    const std::function<void(const nlmsghdr&)>& on_message);

 private:
  using OnMessage = std::function<void(const nlmsghdr&)>;

  explicit NetlinkRequests(NetlinkSocket socket) : socket_(std::move(socket)) {}

  // Sends `message` and calls `on_message` for each part of the answer. 0 or an errno value;
  // `explanation` gets the kernel's text, if it gave one.
  int Exchange(nlmsghdr& message, const OnMessage& on_message, std::string& explanation);
  int Receive(std::uint32_t sequence, const OnMessage& on_message, std::string& explanation)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  base::Mutex mutex_;
  NetlinkSocket socket_ ABSL_GUARDED_BY(mutex_);
  std::uint32_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace ichor::sys
