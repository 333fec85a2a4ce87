#include "networkd/address/apply.h"

#include <format>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/log.h"
#include "lib/base/status.h"
#include "networkd/address/policy.h"
#include "networkd/marks.h"

namespace ichor::networkd {
namespace {

using network::AddressReport;
using network::AddressSpec;

constexpr std::uint32_t kOptimistic = 0x04;  // IFA_F_OPTIMISTIC
constexpr std::size_t kV4Bytes = 4;
constexpr std::uint32_t kV4Bits = 32;

// The broadcast address of an IPv4 subnet; none for /31 and /32.
std::string BroadcastOf(const KernelAddress& address) {
  if (address.address.size() != kV4Bytes || address.prefix_length + 1 >= kV4Bits) {
    return "";
  }
  std::string bytes = address.address;
  for (std::uint32_t bit = address.prefix_length; bit < kV4Bits; ++bit) {
    bytes[bit / 8] =
        static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) | (0x80U >> (bit % 8)));
  }
  return bytes;
}

sys::NetAddress ToNet(const KernelAddress& address) {
  return {.link = address.link,
          .address = address.address,
          .prefix_length = static_cast<std::uint8_t>(address.prefix_length),
          .protocol = kOurProtocol};
}

sys::NetAddress ToNet(const KernelAddress& address, const AddressSpec::Spec& spec) {
  sys::NetAddress net = ToNet(address);
  net.scope = static_cast<std::uint8_t>(spec.scope());
  net.flags = spec.flags() | (address.address.size() == kV4Bytes ? 0 : kOptimistic);
  net.priority = spec.priority();
  net.broadcast = BroadcastOf(address);
  return net;
}

std::vector<KernelAddress> Observe(const std::vector<sys::NetAddress>& addresses) {
  std::vector<KernelAddress> observed;
  for (const sys::NetAddress& address : addresses) {
    const bool v4 = address.address.size() == kV4Bytes;
    observed.push_back({.link = address.link,
                        .address = v4 && !address.local.empty() ? address.local : address.address,
                        .prefix_length = address.prefix_length,
                        .ours = address.protocol == kOurProtocol});
  }
  return observed;
}

void Remove(const std::vector<KernelAddress>& addresses, sys::Netlink& netlink) {
  for (const KernelAddress& address : addresses) {
    const absl::Status status = netlink.RemoveAddress(ToNet(address));
    if (!status.ok() && !absl::IsNotFound(status)) {
      base::LogLine(base::Severity::kError, base::MessageOf(status));
    }
  }
}

}  // namespace

Report<AddressReport> ApplyAddresses(const All<AddressSpec>& desired,
                                     const All<network::LinkStatus>& links, sys::Netlink& netlink) {
  Report<AddressReport> report;
  const auto observed = netlink.Addresses();
  if (!observed.ok()) {
    for (const auto& row : desired) {
      AddressReport::Spec spec;
      spec.set_error(std::string(base::MessageOf(observed.status())));
      report.AddFailed(row.id(), std::move(spec), observed.status());
    }
    return report;
  }
  const AddressPlan plan = PlanAddresses(desired, links, Observe(*observed));
  Remove(plan.remove, netlink);
  for (const AddressPlan::Step& step : plan.steps) {
    AddressReport::Spec spec;
    if (step.link_missing) {
      spec.set_error(std::format("waits for link {}", desired.find(step.id)->spec().link_name()));
      report.Add(step.id, std::move(spec));
      continue;
    }
    absl::Status status =
        step.there ? absl::OkStatus()
                   : netlink.AddAddress(ToNet(step.address, desired.find(step.id)->spec()));
    // Somebody else made it since the list: the kernel itself, when lo comes up.
    const bool foreign = step.foreign || absl::IsAlreadyExists(status);
    status = foreign ? absl::OkStatus() : status;
    spec.set_made(status.ok() && !foreign);
    if (status.ok()) {
      report.Add(step.id, std::move(spec));
    } else {
      spec.set_error(std::string(base::MessageOf(status)));
      report.AddFailed(step.id, std::move(spec), status);
    }
  }
  return report;
}

}  // namespace ichor::networkd
