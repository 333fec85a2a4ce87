#include "networkd/dhcp/lease.h"

#include <algorithm>
#include <cctype>
#include <format>
#include <optional>
#include <utility>

#include "lib/base/status.h"
#include "lib/resource/time_proto.h"

namespace ichor::networkd {
namespace {

constexpr std::size_t kMaxNameBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::size_t kMaxListed = 16;
constexpr std::size_t kMaxRoutes = 256;
constexpr std::uint32_t kMinLeaseSeconds = 10;
constexpr std::uint32_t kForever = 0xffffffff;
constexpr std::uint32_t kMaxLeaseSeconds = 365U * 24 * 3600;
constexpr std::uint16_t kMinMtu = 576;
constexpr std::uint8_t kPointer = 0xc0;
constexpr int kMaxPointers = 16;

std::uint8_t U8(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

bool IsHostName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && !name.starts_with('.') &&
         !name.starts_with('-') && std::ranges::all_of(name, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' ||
                  c == '_';
         });
}

std::string NameOf(std::string_view bytes) {
  std::string name(bytes.substr(0, bytes.find('\0')));
  while (name.ends_with('.')) {
    name.pop_back();
  }
  return IsHostName(name) ? name : "";
}

std::vector<Ipv4> HostsOf(std::string_view bytes) {
  std::vector<Ipv4> hosts;
  for (std::size_t at = 0; at + 4 <= bytes.size() && hosts.size() < kMaxListed; at += 4) {
    const Ipv4 host = Ipv4Of(bytes.substr(at, 4));
    if (IsHostAddress(host) && !std::ranges::contains(hosts, host)) {
      hosts.push_back(host);
    }
  }
  return hosts;
}

std::optional<std::uint32_t> SecondsOf(std::string_view bytes) {
  return bytes.size() == 4 ? std::optional(Ipv4Of(bytes)) : std::nullopt;
}

// RFC 3442: prefix length, as many bytes of the destination as it needs, gateway.
void AddRoutes(std::string_view bytes, LeaseSpec& lease) {
  std::size_t at = 0;
  while (at < bytes.size() && lease.routes_size() < static_cast<int>(kMaxRoutes)) {
    const std::uint32_t length = U8(bytes, at++);
    const std::size_t significant = (length + 7) / 8;
    if (length > 32 || bytes.size() - at < significant + 4) {
      return;
    }
    std::string destination(bytes.substr(at, significant));
    destination.resize(4, '\0');
    const Ipv4 gateway = Ipv4Of(bytes.substr(at + significant, 4));
    at += significant + 4;
    if (gateway != 0 && !IsHostAddress(gateway)) {
      continue;
    }
    auto& route = *lease.add_routes();
    *route.mutable_destination() = ToPrefix(Ipv4Of(destination) & MaskOf(length), length);
    if (gateway != 0) {
      *route.mutable_gateway() = ToNetIP(gateway);
    }
  }
}

absl::Status AddAddress(const DhcpMessage& message, LeaseSpec& lease) {
  const Ipv4 address = message.your_address;
  if (!IsHostAddress(address)) {
    return absl::InvalidArgumentError(
        std::format("server offers {}, which is no host address", Ipv4Text(address)));
  }
  const std::string_view mask = message.option(DhcpOption::kSubnetMask);
  std::uint32_t length = 24;
  if (!mask.empty()) {
    const std::optional<std::uint32_t> found =
        mask.size() == 4 ? PrefixLengthOf(Ipv4Of(mask)) : std::nullopt;
    if (!found.has_value() || *found == 0) {
      return absl::InvalidArgumentError("server offers a subnet mask that is none");
    }
    length = *found;
  }
  if (length < 31 && ((address & ~MaskOf(length)) == 0 || (address | MaskOf(length)) == ~Ipv4{0})) {
    return absl::InvalidArgumentError(
        std::format("server offers {}/{}, which is no host address", Ipv4Text(address), length));
  }
  *lease.mutable_address() = ToPrefix(address, length);
  const Ipv4 server = Ipv4Of(message.option(DhcpOption::kServerId));
  if (!IsHostAddress(server)) {
    return absl::InvalidArgumentError("server does not say who it is");
  }
  *lease.mutable_server() = ToNetIP(server);
  return absl::OkStatus();
}

absl::Status AddTimes(const DhcpMessage& message, BootTime now, LeaseSpec& lease) {
  const std::optional<std::uint32_t> stated = SecondsOf(message.option(DhcpOption::kLeaseTime));
  if (!stated.has_value() || *stated == 0) {
    return absl::InvalidArgumentError("server offers an address without a lease time");
  }
  const std::uint32_t whole = *stated == kForever
                                  ? kMaxLeaseSeconds
                                  : std::clamp(*stated, kMinLeaseSeconds, kMaxLeaseSeconds);
  std::uint32_t t1 = SecondsOf(message.option(DhcpOption::kRenewalTime)).value_or(0);
  std::uint32_t t2 = SecondsOf(message.option(DhcpOption::kRebindingTime)).value_or(0);
  if (t2 == 0 || t2 >= whole) {
    t2 = whole - whole / 8;
  }
  if (t1 == 0 || t1 >= t2) {
    t1 = std::min(whole / 2, t2 - 1);
  }
  *lease.mutable_renew_at() = ToProto(now + std::chrono::seconds(t1));
  *lease.mutable_rebind_at() = ToProto(now + std::chrono::seconds(t2));
  *lease.mutable_expires_at() = ToProto(now + std::chrono::seconds(whole));
  return absl::OkStatus();
}

void AddNames(const DhcpMessage& message, LeaseSpec& lease) {
  lease.set_hostname(NameOf(message.option(DhcpOption::kHostname)));
  lease.set_domain_name(NameOf(message.option(DhcpOption::kDomainName)));
  for (std::string& name : ParseSearchList(message.option(DhcpOption::kDomainSearch))) {
    lease.add_search_domains(std::move(name));
  }
}

// One name that starts at `at`; moves `at` behind it. Nothing if it is none.
std::optional<std::string> ParseName(std::string_view bytes, std::size_t& at) {
  std::string name;
  std::size_t read = at;
  bool jumped = false;
  for (int pointers = 0; read < bytes.size();) {
    const std::uint8_t size = U8(bytes, read);
    if ((size & kPointer) == kPointer) {
      if (read + 1 >= bytes.size() || ++pointers > kMaxPointers) {
        return std::nullopt;
      }
      at = jumped ? at : read + 2;
      jumped = true;
      read = (static_cast<std::size_t>(size & 0x3fU) << 8U) | U8(bytes, read + 1);
      continue;
    }
    ++read;
    if (size == 0) {
      at = jumped ? at : read;
      return IsHostName(name) ? std::optional(name) : std::nullopt;
    }
    if (size > kMaxLabelBytes || size > bytes.size() - read || name.size() > kMaxNameBytes) {
      return std::nullopt;
    }
    name += name.empty() ? "" : ".";
    name += bytes.substr(read, size);
    read += size;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> ParseSearchList(std::string_view bytes) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < bytes.size() && names.size() < kMaxListed;) {
    std::optional<std::string> name = ParseName(bytes, at);
    if (!name.has_value()) {
      break;
    }
    names.push_back(*std::move(name));
  }
  return names;
}

absl::StatusOr<LeaseSpec> LeaseOf(const DhcpMessage& message, BootTime now) {
  LeaseSpec lease;
  RETURN_IF_ERROR(AddAddress(message, lease));
  RETURN_IF_ERROR(AddTimes(message, now, lease));
  for (const Ipv4 router : HostsOf(message.option(DhcpOption::kRouters))) {
    *lease.add_gateways() = ToNetIP(router);
  }
  AddRoutes(message.option(DhcpOption::kClasslessRoutes), lease);
  for (const Ipv4 server : HostsOf(message.option(DhcpOption::kDnsServers))) {
    *lease.add_dns_servers() = ToNetIP(server);
  }
  for (const Ipv4 server : HostsOf(message.option(DhcpOption::kNtpServers))) {
    *lease.add_time_servers() = ToNetIP(server);
  }
  AddNames(message, lease);
  const std::string_view mtu = message.option(DhcpOption::kMtu);
  if (mtu.size() == 2) {
    const std::uint32_t value = static_cast<std::uint32_t>(U8(mtu, 0)) << 8U | U8(mtu, 1);
    lease.set_mtu(value >= kMinMtu ? value : 0);
  }
  return lease;
}

}  // namespace ichor::networkd
