// The node's resolver over TCP: for replies that no datagram has room for.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/sys/message_stream.h"
#include "networkd/resolver/host_dns.h"

namespace ichor::networkd {

// Loop's thread only.
class TcpDns {
 public:
  static constexpr std::size_t kMostConnections = 64;
  static constexpr std::chrono::seconds kLongestConnection{30};

  // All must outlive it.
  TcpDns(Loop& loop, const base::Clock& clock, HostDns& dns);
  ~TcpDns();
  TcpDns(const TcpDns&) = delete;
  TcpDns& operator=(const TcpDns&) = delete;

  // Answers at these addresses ("127.0.0.53:53"), and at no other. One that cannot be had is tried
  // again each time.
  void Listen(const std::vector<std::string>& addresses);

  // By address: OK, or why it does not answer there.
  const std::map<std::string, absl::Status>& listeners() const { return statuses_; }

 private:
  void OnConnection(base::UniqueFd connection);

  Loop& loop_;
  const base::Clock& clock_;
  HostDns& dns_;
  const std::shared_ptr<TcpDns*> self_ = std::make_shared<TcpDns*>(this);
  std::map<std::string, std::unique_ptr<sys::StreamListener>> listening_;
  std::map<std::string, absl::Status> statuses_;
  std::map<std::uint64_t, std::shared_ptr<sys::MessageStream>> connections_;
  std::uint64_t next_id_ = 0;
};

}  // namespace ichor::networkd
