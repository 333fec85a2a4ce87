// Whether somebody else has our address: ARP probes and announcements (RFC 5227). Like the client,
// a state machine without clock or chance.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "networkd/dhcp/ipv4.h"
#include "networkd/dhcp/lease.h"

namespace ichor::networkd {

struct ArpPacket {
  bool reply = false;
  std::string sender_hardware;  // 6 bytes
  Ipv4 sender = 0;
  Ipv4 target = 0;
};

// Nothing if it is no ARP packet for IPv4 on Ethernet.
std::optional<ArpPacket> ParseArp(std::string_view bytes);
// A request from `hardware_address`: a probe if `sender` is 0.
std::string EncodeArp(const std::string& hardware_address, Ipv4 sender, Ipv4 target);

// Three probes, then two announcements, while the address is already in use; afterwards the address
// is defended once in 10 s.
class ConflictDetector {
 public:
  ConflictDetector(Ipv4 address, std::string hardware_address, BootTime now);

  // The packets to send now; to be called at next_timer() or later.
  std::vector<std::string> OnTimer(BootTime now, std::uint32_t random);

  struct Verdict {
    // Who else has the address, if it has to be given up.
    std::optional<std::string> conflict;
    std::vector<std::string> send;
  };
  Verdict OnPacket(std::string_view packet, BootTime now);

  std::optional<BootTime> next_timer() const { return next_timer_; }

 private:
  std::string Announcement() const { return EncodeArp(hardware_address_, address_, address_); }

  const Ipv4 address_;
  const std::string hardware_address_;
  unsigned sent_ = 0;
  std::optional<BootTime> next_timer_;
  std::optional<BootTime> defended_;
};

}  // namespace ichor::networkd
