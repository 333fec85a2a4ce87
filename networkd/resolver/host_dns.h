// The node's own resolver: answers from the config's hosts, from what it heard before, or asks the
// name servers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/sys/udp.h"
#include "networkd/resolver/cache.h"
#include "networkd/resolver/forwarder.h"
#include "networkd/resolver/message.h"

namespace ichor::networkd {

// Names in wire form, and their addresses as bytes.
using HostTable = std::map<std::string, std::vector<std::string>>;

// Loop's thread only.
class HostDns {
 public:
  static constexpr std::uint32_t kHostTtl = 10;  // seconds

  struct Environment {
    Loop& loop;
    const base::Clock& clock;
    sys::Udp& udp;
    // A fresh number each time.
    std::function<std::uint32_t()> random;
    Forwarder::Connect connect;  // see there
    // Listeners or the health of servers changed.
    std::function<void()> on_change;
  };

  // All of `environment` must outlive it.
  explicit HostDns(Environment environment);
  ~HostDns();
  HostDns(const HostDns&) = delete;
  HostDns& operator=(const HostDns&) = delete;

  // Answers on these endpoints, and on no other. One that cannot be had is tried again each time.
  void Listen(const std::vector<sys::UdpEndpoint>& endpoints);
  void SetHosts(HostTable hosts) { hosts_ = std::move(hosts); }
  // Where to ask. Other servers than before may know other things: what was heard is forgotten.
  void SetServers(const std::vector<std::string>& addresses);

  // Answers a message, now or later: at most once, in at most `room` bytes; 0: as much as the asker
  // has room for in a datagram.
  using Reply = std::function<void(const std::string& bytes)>;
  void Answer(std::string_view bytes, std::size_t room, const Reply& reply);

  // Addresses of a name, IPv4 first, for the node itself; none if there are none in time.
  using OnAddresses = std::function<void(const std::vector<std::string>& addresses)>;
  void Lookup(const std::string& name, const OnAddresses& on_addresses);

  // By endpoint: OK, or why it does not answer there.
  const std::map<sys::UdpEndpoint, absl::Status>& listeners() const { return statuses_; }
  bool IsHealthy(const std::string& server) const { return forwarder_.IsHealthy(server); }

 private:
  DnsCache::Time Now() const { return environment_.clock.Monotonic().time_since_epoch(); }

  const Environment environment_;
  const std::shared_ptr<HostDns*> self_ = std::make_shared<HostDns*>(this);
  DnsCache cache_;
  Forwarder forwarder_;
  std::vector<std::string> servers_;
  HostTable hosts_;
  std::map<sys::UdpEndpoint, std::shared_ptr<sys::UdpSocket>> sockets_;
  std::map<sys::UdpEndpoint, absl::Status> statuses_;
};

}  // namespace ichor::networkd
