// The DHCPv4 client of one link as a state machine: what happened goes in, what to send comes out
// (RFC 2131 section 4.4). No clock, no chance: time and random numbers are arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "networkd/dhcp/lease.h"
#include "networkd/dhcp/message.h"

namespace ichor::networkd {

struct DhcpSettings {
  std::string link_name;
  std::string hardware_address;  // 6 bytes
  std::string client_id;         // of option 61; empty: not sent
  std::string hostname;          // told to the server; empty: not told
  bool ask_hostname = true;
  bool ask_routes = true;  // else those that a server gives unasked are dropped
  std::uint32_t route_metric = 0;

  friend bool operator==(const DhcpSettings&, const DhcpSettings&) = default;
};

struct DhcpSend {
  DhcpMessage message;
  Ipv4 from = 0;
  // 255.255.255.255: to everybody on the link; else routed.
  Ipv4 to = 0xffffffff;
};

class DhcpClient {
 public:
  // What happens outside, at one moment. `random` is a fresh number each time.
  struct Moment {
    BootTime now;
    std::uint32_t random;
  };
  using Sends = std::vector<DhcpSend>;

  // `remembered` is the row of an earlier client of this link, or empty: a lease in it that still
  // runs is gone on with.
  DhcpClient(DhcpSettings settings, const LeaseSpec& remembered);

  // The link got or lost its carrier. With it, a client without a lease begins to ask; one that had
  // a lease before the carrier went asks whether it still holds. Without carrier the lease stays
  // until it ends.
  Sends OnCarrier(bool carrier, const Moment& moment);
  // Anything that is no answer to what this client asked last is ignored.
  Sends OnMessage(const DhcpMessage& message, const Moment& moment);
  // To be called at next_timer() or later.
  Sends OnTimer(const Moment& moment);
  // The link is called so from now on.
  void SetLinkName(const std::string& name);
  // Somebody else, of this hardware address, has the address of the lease: the lease is declined,
  // and after 10 s another one is asked for.
  Sends OnConflict(const std::string& hardware_address, const Moment& moment);

  // The row that says it all.
  const LeaseSpec& lease() const { return lease_; }
  // The leased address; 0 if there is none.
  Ipv4 address() const;
  std::optional<BootTime> next_timer() const { return next_timer_; }

 private:
  Sends Discover(const Moment& moment);
  Sends Request(const Moment& moment);
  Sends Confirm(const Moment& moment);
  Sends Renew(const Moment& moment);
  Sends GoOn(const Moment& moment);
  Sends OnAck(const DhcpMessage& message, const Moment& moment);
  Sends OnNak(const DhcpMessage& message, const Moment& moment);
  void StartOver(std::string error, BootTime begin);
  void Drop();
  void TakeOver(LeaseSpec lease);
  void Begin(LeaseSpec::Phase phase, const Moment& moment);
  void RetryLater(const Moment& moment);
  bool IsOurServer(const DhcpMessage& message, const LeaseSpec& lease) const;
  DhcpMessage Message(DhcpType type, BootTime now) const;

  DhcpSettings settings_;
  LeaseSpec lease_;
  LeaseSpec offer_;  // of the server that was chosen
  bool carrier_ = false;
  bool had_carrier_ = false;
  std::uint32_t transaction_ = 0;
  BootTime exchange_began_{0};
  unsigned attempts_ = 0;
  std::optional<BootTime> next_timer_;
};

}  // namespace ichor::networkd
