#include "networkd/dhcp/conflict.h"

#include <chrono>
#include <utility>

namespace ichor::networkd {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr std::size_t kBytes = 28;
constexpr std::string_view kEthernetIpv4("\0\1\x08\0\6\4\0", 7);
constexpr char kRequest = 1;
constexpr char kReply = 2;
constexpr unsigned kProbes = 3;
constexpr unsigned kAnnouncements = 2;
constexpr BootTime kProbeMin = 1s;
constexpr std::uint32_t kProbeSpreadMs = 1000;
constexpr BootTime kAnnounceWait = 2s;
constexpr BootTime kDefendInterval = 10s;

}  // namespace

std::optional<ArpPacket> ParseArp(std::string_view bytes) {
  if (bytes.size() < kBytes || !bytes.starts_with(kEthernetIpv4) ||
      (bytes[7] != kRequest && bytes[7] != kReply)) {
    return std::nullopt;
  }
  return ArpPacket{.reply = bytes[7] == kReply,
                   .sender_hardware = std::string(bytes.substr(8, 6)),
                   .sender = Ipv4Of(bytes.substr(14, 4)),
                   .target = Ipv4Of(bytes.substr(24, 4))};
}

std::string EncodeArp(const std::string& hardware_address, Ipv4 sender, Ipv4 target) {
  std::string bytes(kEthernetIpv4);
  bytes.push_back(kRequest);
  bytes += hardware_address;
  bytes += Ipv4Bytes(sender);
  bytes.append(6, '\0');
  bytes += Ipv4Bytes(target);
  return bytes;
}

ConflictDetector::ConflictDetector(Ipv4 address, std::string hardware_address, BootTime now)
    : address_(address), hardware_address_(std::move(hardware_address)), next_timer_(now) {}

std::vector<std::string> ConflictDetector::OnTimer(BootTime now, std::uint32_t random) {
  if (!next_timer_.has_value() || now < *next_timer_) {
    return {};
  }
  ++sent_;
  if (sent_ <= kProbes) {
    const BootTime pause = kProbeMin + std::chrono::milliseconds(random % kProbeSpreadMs);
    next_timer_ = now + (sent_ < kProbes ? pause : kAnnounceWait);
    return {EncodeArp(hardware_address_, 0, address_)};
  }
  next_timer_ =
      sent_ < kProbes + kAnnouncements ? std::optional(now + kAnnounceWait) : std::nullopt;
  return {Announcement()};
}

ConflictDetector::Verdict ConflictDetector::OnPacket(std::string_view packet, BootTime now) {
  const std::optional<ArpPacket> arp = ParseArp(packet);
  if (!arp.has_value() || arp->sender_hardware == hardware_address_) {
    return {};
  }
  const bool probing = sent_ <= kProbes;
  const bool also_probing = probing && arp->sender == 0 && arp->target == address_ && !arp->reply;
  if (arp->sender != address_ && !also_probing) {
    return {};
  }
  if (probing || (defended_.has_value() && now - *defended_ < kDefendInterval)) {
    return {.conflict = arp->sender_hardware, .send = {}};
  }
  defended_ = now;
  return {.conflict = std::nullopt, .send = {Announcement()}};
}

}  // namespace ichor::networkd
