// Any bytes as the kernel's command line.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/log/absl_check.h"
#include "networkd/cmdline/arguments.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto arguments = ichor::networkd::ParseNetworkArguments(text);
  for (const auto& ip : arguments.ip) {
    const auto bits = static_cast<int>(ip.address.ip().size()) * 8;
    ABSL_CHECK(ip.address.prefix_length() >= 0 && ip.address.prefix_length() <= bits);
  }
  for (const auto& vlan : arguments.vlans) {
    ABSL_CHECK(vlan.id > 0 && vlan.id < 4095 && !vlan.parent.empty());
  }
  for (const auto& bond : arguments.bonds) {
    ABSL_CHECK(!bond.name.empty() && !bond.members.empty());
  }
  ichor::networkd::ParseIpArgument(text).status().IgnoreError();
  return 0;
}
