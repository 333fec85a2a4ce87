#include "machined/hostname/default_name.h"

#include <algorithm>
#include <cstdint>
#include <format>
#include <span>
#include <utility>

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

// What tells this machine from others; empty if nothing does.
std::string MachineId(const All<hardware::SystemInformation>& systems,
                      const All<network::LinkStatus>& links) {
  if (!systems.empty() && !systems.front().spec().uuid().empty()) {
    return systems.front().spec().uuid();
  }
  const auto has_address = [](const auto& link) { return !link.spec().permanent_addr().empty(); };
  const auto first = std::ranges::find_if(links, has_address);
  return first == links.end() ? "" : HardwareAddressToText(first->spec().permanent_addr());
}

}  // namespace

std::string StableHostname(std::string_view machine_id) {
  const early::Sha256Digest digest = early::Sha256Of(std::as_bytes(std::span(machine_id)));
  std::uint64_t number = 0;
  for (size_t i = 0; i < sizeof(number); ++i) {
    number = number << 8U | std::to_integer<std::uint64_t>(digest[i]);
  }
  const std::string text = std::format("{:0>7}", Base36(number));
  return std::format("talos-{}-{}", text.substr(1, 3), text.substr(4, 3));
}

absl::StatusOr<Desired<HostnameWish>> WishDefaultHostname(
    const All<hardware::SystemInformation>& systems, const All<network::LinkStatus>& links) {
  const std::string id = MachineId(systems, links);
  if (id.empty()) {
    return Desired<HostnameWish>{};
  }
  network::HostnameSpec::Spec wish;
  wish.set_hostname(StableHostname(id));
  wish.set_config_layer(talos::resource::definitions::enums::CONFIG_DEFAULT);
  return Desired<HostnameWish>{{"default/hostname", std::move(wish)}};
}

absl::StatusOr<Desired<network::HostnameSpec>> MergeHostnameWishes(
    const All<HostnameWish>& wishes) {
  Desired<network::HostnameSpec> specs;
  for (const auto& wish : wishes) {
    specs.Add(wish.id(), wish.spec());
  }
  return specs;
}

}  // namespace ichor
