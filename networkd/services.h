// What networkd does for others once there is a network: names and time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "lib/base/clock.h"
#include "lib/runtime/loop.h"
#include "lib/runtime/runtime.h"
#include "lib/sys/clock_control.h"
#include "lib/sys/udp.h"
#include "networkd/resolver/host_dns.h"
#include "networkd/resolver/tcp_dns.h"
#include "networkd/time/sync.h"

namespace ichor::networkd {

// Publishes DNSResolveCache, DNSUpstream and TimeStatus. Loop's thread only.
class NetworkServices {
 public:
  struct Environment {
    Loop& loop;
    Runtime& runtime;
    const base::Clock& clock;
    sys::Udp& udp;
    sys::ClockControl& clock_control;
    // A fresh number each time.
    std::function<std::uint32_t()> random;
  };

  // All of `environment` must outlive it.
  explicit NetworkServices(const Environment& environment);

  // Looks at what is configured, which resolvers and time servers are in use, and whether there is
  // a network. To be called whenever one of these changed.
  void Follow();

 private:
  void FollowResolvers();
  void FollowTime();
  void PublishDns();

  Runtime& runtime_;
  HostDns dns_;
  TcpDns tcp_dns_;
  TimeSync time_;
};

}  // namespace ichor::networkd
