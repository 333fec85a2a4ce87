#include "machined/hostname/default_name.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <span>

#include "lib/early/sha256.h"
#include "lib/resource/address_text.h"

namespace ichor {
namespace {

// In digits and lower-case letters, most significant first.
std::string Base36(std::uint64_t number) {
  std::string text;
  do {
    text += "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
    number /= 36;
  } while (number != 0);
  std::ranges::reverse(text);
  return text;
}

}  // namespace

std::string StableHostname(std::string_view id) {
  const early::Sha256Digest digest = early::Sha256Of(std::as_bytes(std::span(id)));
  std::uint64_t number = 0;
  for (size_t i = 0; i < sizeof(number); ++i) {
    number = number << 8U | std::to_integer<std::uint64_t>(digest[i]);
  }
  const std::string text = std::format("{:0>7}", Base36(number));
  return std::format("talos-{}-{}", text.substr(1, 3), text.substr(4, 3));
}

std::string MachineId(const All<hardware::SystemInformation>& systems,
                      const All<network::LinkStatus>& links) {
  if (!systems.empty() && !systems.front().spec().uuid().empty()) {
    return systems.front().spec().uuid();
  }
  const auto has_address = [](const auto& link) { return !link.spec().permanent_addr().empty(); };
  const auto first = std::ranges::find_if(links, has_address);
  return first == links.end() ? "" : HardwareAddressToText(first->spec().permanent_addr());
}

std::string AddressHostname(const All<network::NodeAddress>& addresses) {
  const auto first = addresses.find("default");
  if (first == addresses.end() || first->spec().addresses().empty()) {
    return "";
  }
  common::NetIP address;
  address.set_ip(first->spec().addresses(0).ip());
  std::string text = ToText(address);
  std::erase(text, ':');
  std::ranges::replace(text, '.', '-');
  return "talos-" + text;
}

}  // namespace ichor
