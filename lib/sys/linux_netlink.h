// sys::Netlink of the network namespace that it is created in.
#pragma once

#include <libmnl/libmnl.h>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "lib/base/mutex.h"
#include "lib/sys/netlink.h"

namespace ichor::sys {

class LinuxNetlink : public Netlink {
 public:
  static absl::StatusOr<std::unique_ptr<LinuxNetlink>> Create();

  int descriptor() const override;
  void Drain() override;
  absl::StatusOr<std::vector<NetLink>> Links() override;
  absl::StatusOr<std::vector<NetAddress>> Addresses() override;
  absl::StatusOr<std::vector<NetRoute>> Routes() override;
  absl::Status ChangeLink(std::uint32_t link, const LinkChange& change) override;
  absl::Status AddAddress(const NetAddress& address) override;
  absl::Status RemoveAddress(const NetAddress& address) override;
  absl::Status AddRoute(const NetRoute& route) override;
  absl::Status RemoveRoute(const NetRoute& route) override;

 private:
  using Socket = std::unique_ptr<mnl_socket, int (*)(mnl_socket*)>;
  using OnMessage = std::function<void(const nlmsghdr&)>;

  LinuxNetlink(Socket requests, Socket events);
  static absl::StatusOr<Socket> Open(unsigned groups);

  // Sends `message` and calls `on_message` for each part of the answer. 0 or an errno value;
  // `explanation` gets the kernel's text, if it gave one.
  int Exchange(nlmsghdr& message, const OnMessage& on_message, std::string& explanation);
  int Receive(std::uint32_t sequence, const OnMessage& on_message, std::string& explanation)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // All that `parse` finds in a dump; once more while the kernel says that it changed meanwhile.
  template <class T>
  absl::StatusOr<std::vector<T>> List(std::uint16_t type, const std::string& what,
                                      std::optional<T> (*parse)(const nlmsghdr&));
  absl::Status Change(std::uint16_t type, std::uint16_t flags, const std::string& what,
                      const std::function<void(nlmsghdr&)>& fill);

  base::Mutex mutex_;
  Socket requests_ ABSL_GUARDED_BY(mutex_);
  std::uint32_t sequence_ ABSL_GUARDED_BY(mutex_) = 0;
  Socket events_;
};

}  // namespace ichor::sys
