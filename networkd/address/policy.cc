#include "networkd/address/policy.h"

#include <algorithm>
#include <format>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "lib/resource/address_text.h"

namespace ichor::networkd {
namespace {

namespace enums = talos::resource::definitions::enums;
using network::AddressSpec;

constexpr std::string_view kLoopback = "lo";
// What a wish may ask for: no prefix route, no duplicate detection, managed temporary addresses.
// The others (tentative, deprecated, permanent …) are the kernel's.
constexpr std::uint32_t kWishableFlags = 0x02 | 0x04 | 0x200 | 0x400 | 0x100;

auto Place(const KernelAddress& address) {
  return std::tie(address.link, address.address, address.prefix_length);
}

}  // namespace

std::string AddressId(const AddressSpec::Spec& spec) {
  return std::format("{}/{}", spec.link_name(), ToText(spec.address()));
}

absl::StatusOr<Desired<Wished<AddressSpec>>> DefaultAddresses(
    const All<network::LinkStatus>& links) {
  Desired<Wished<AddressSpec>> rows;
  if (links.find(kLoopback) == links.end()) {
    return rows;
  }
  AddressSpec::Spec spec;
  *spec.mutable_address() = ParseNetIPPrefix("127.0.0.1/8").value_or(common::NetIPPrefix());
  spec.set_link_name(std::string(kLoopback));
  spec.set_family(enums::FAMILY_INET4);
  spec.set_scope(enums::SCOPE_HOST);
  spec.set_config_layer(enums::CONFIG_DEFAULT);
  std::string id = "default/" + AddressId(spec);
  rows.Add(std::move(id), std::move(spec));
  return rows;
}

absl::StatusOr<Desired<AddressSpec>> MergeAddresses(const All<Wished<AddressSpec>>& wishes) {
  Rows merged = HighestLayer<AddressSpec>(wishes, AddressId).Take();
  Desired<AddressSpec> rows;
  for (const DesiredRow& row : merged) {
    auto spec = static_cast<const AddressSpec::Spec&>(*row.spec->message());
    spec.set_flags(spec.flags() & kWishableFlags);
    rows.Add(row.id, std::move(spec));
  }
  return rows;
}

AddressPlan PlanAddresses(const All<AddressSpec>& desired, const Links& links,
                          const std::vector<KernelAddress>& observed) {
  AddressPlan plan;
  std::set<std::tuple<std::uint32_t, std::string, std::uint32_t>> wanted;
  // On links that are not there. One that was just renamed is: its addresses stay until the wishes
  // have followed.
  std::set<std::tuple<std::string, std::uint32_t>> waiting;
  for (const auto& row : desired) {
    AddressPlan::Step step{.id = row.id(), .address = {}};
    const auto prefix_length = static_cast<std::uint32_t>(row.spec().address().prefix_length());
    const std::optional<ResolvedLink> link = ResolveLink(links, row.spec().link_name());
    if (!link.has_value()) {
      waiting.emplace(row.spec().address().ip(), prefix_length);
      step.link_missing = true;
      plan.steps.push_back(std::move(step));
      continue;
    }
    step.address = {.link = link->index,
                    .address = row.spec().address().ip(),
                    .prefix_length = prefix_length,
                    .ours = true};
    wanted.emplace(Place(step.address));
    const auto found = std::ranges::find_if(
        observed, [&](const KernelAddress& other) { return Place(other) == Place(step.address); });
    step.there = found != observed.end();
    step.foreign = step.there && !found->ours;
    plan.steps.push_back(std::move(step));
  }
  for (const KernelAddress& address : observed) {
    if (address.ours && !wanted.contains(Place(address)) &&
        !waiting.contains({address.address, address.prefix_length})) {
      plan.remove.push_back(address);
    }
  }
  return plan;
}

}  // namespace ichor::networkd
